import Foundation
import Generation
import Tuning

/// The file that a profile is written to: looked at before anything is measured, written when all is done.
struct ProfileFile {
    let path: String
    /// The profile of an earlier tuning that stands there.
    let earlier: Profile?

    /// - Parameter overwrites: whether what somebody wrote or changed by hand may go.
    /// - Throws: `CommandFailure` where the file is not ours to replace, or cannot be written.
    init(_ path: String, overwrites: Bool) throws {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            earlier = nil
            // Known at once, and gone again, as nothing is written: nothing is left where tuning is stopped.
            _ = try OutputFile(path)
            return
        }
        let bytes = try InputFile.contents(of: path, mostBytes: SettingsFile.mostBytes + 1)
        let state = ProfileSeal.state(of: String(decoding: bytes, as: UTF8.self))
        earlier = state == .intact ? try? Profile(bytes, path: path) : nil
        guard state == .intact || overwrites else {
            let finding =
                state == .edited
                ? "this profile was changed by hand since it was measured"
                : "this file was not written by tune"
            throw CommandFailure.failure(
                "'\(path)': \(finding); give another name with -o, or --force to overwrite it")
        }
        guard FileManager.default.isWritableFile(atPath: path) else {
            throw PathProblem.writing(path, code: EACCES)
        }
    }

    /// Writes all of it or nothing.
    func write(_ text: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw CommandFailure.failure(
                "'\(path)': the profile cannot be written: \(error.localizedDescription)")
        }
    }
}
