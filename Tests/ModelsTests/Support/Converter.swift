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

    /// Tests/ModelsTests/Support/Converter.swift
    private static let script: String = {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root.appending(path: "tools/convert_to_gguf.py").path
    }()

    private static func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
