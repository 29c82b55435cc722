import Foundation
import TestSupport

/// tools/convert_to_gguf.py, run as a user runs it.
enum Converter {
    /// Whether this machine has Python with the `gguf` package.
    static let isAvailable = (try? run(["-c", "import gguf, numpy"]))?.status == 0

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Converts the checkpoint in `folder` and hands the path of the (first) file to `body`; the files are
    /// removed afterwards.
    static func converted<Result>(
        _ folder: String, options: [String] = [], _ body: (String) throws -> Result
    ) throws -> Result {
        let scratch = try TemporaryFolder()
        let (status, text) = try run([script, folder, scratch.path + "/model.gguf", "--quiet"] + options)
        guard status == 0 else { throw Failure(description: text) }
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        guard let first = names.first else { throw Failure(description: "the converter wrote nothing") }
        return try body(scratch.path + "/" + first)
    }

    private static let script = Command.packageFolder.appending(path: "tools/convert_to_gguf.py").path

    private static func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let (status, output) = try Command.run(["python3"] + arguments)
        return (status, String(decoding: output, as: UTF8.self))
    }
}
