import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// Why the system refused a path: what was found and what to try, in one sentence.
enum PathProblem {
    /// - Parameter code: `errno` of the call that failed.
    static func reading(_ path: String, code: Int32) -> CommandFailure {
        switch code {
        case ENOENT: failure(path, "there is no such file; check the path")
        case ENOTDIR: failure(path, "a part of the path is no folder; check the path")
        case EISDIR: failure(path, "this is a folder; expected a text file")
        case EACCES, EPERM: failure(path, "it may not be read; check its permissions")
        default: failure(path, "it cannot be read (\(reason(code))); check what the path points to")
        }
    }

    /// The same for a file that is to be created or emptied.
    static func writing(_ path: String, code: Int32) -> CommandFailure {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return switch code {
        case ENOENT where !FileManager.default.fileExists(atPath: folder):
            failure(path, "there is no such folder '\(folder)'; create it or give another path")
        case ENOTDIR: failure(path, "a part of the path is no folder; give another path")
        case EISDIR: failure(path, "this is a folder; expected the name of a file")
        case EACCES, EPERM, EROFS:
            failure(path, "it may not be written; check the permissions, or give another path")
        default: failure(path, "it cannot be written (\(reason(code))); give another path")
        }
    }

    /// The system's words for `code`.
    static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

    private static func failure(_ path: String, _ finding: String) -> CommandFailure {
        .failure("\(InputText.name(path)): \(finding)")
    }
}
