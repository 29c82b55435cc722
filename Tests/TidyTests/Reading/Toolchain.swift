import Foundation
import TestSupport

/// Runs the `swift` command, which describes the package and checks the format of its files.
enum Toolchain {
    /// Where `swift` is; nil when it is not on `PATH`.
    static let swift: URL? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { URL(filePath: "\($0)/swift") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }()

    /// Runs `swift` with the arguments in a folder; returns status and everything printed.
    static func run(_ arguments: [String], in folder: URL) throws -> (status: Int32, output: Data) {
        try Command.run(["swift"] + arguments, in: folder)
    }
}
