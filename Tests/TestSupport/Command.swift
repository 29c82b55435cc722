public import Foundation

/// Another program, run to its end.
public enum Command {
    /// The folder of the package.
    public static let packageFolder: URL = {
        // Tests/TestSupport/Command.swift
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// Runs a program, whose name on `PATH` comes first, without input; returns its status and everything it
    /// printed.
    public static func run(
        _ arguments: [String], in folder: URL? = nil
    ) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}
