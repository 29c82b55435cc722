import Foundation
import Testing

/// The built program, run as users run it.
struct Executable {
    /// What a run of the program left.
    struct Outcome {
        var output: Data
        var errors: String
        /// The exit code; 128 plus the signal's number where one ended it.
        var code: Int32

        var text: String { String(decoding: output, as: UTF8.self) }

        /// Standard output as a JSON object.
        func object() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any], "\(text)\(errors)")
        }
    }

    /// Where the build put it: beside the test bundle.
    static let url: URL = {
        // The test runner lies in the build folder, or names it in its arguments; failing both, the package's
        // own folder.
        var candidates = [Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
        for argument in CommandLine.arguments where argument.contains(".build") {
            candidates.append(URL(fileURLWithPath: argument).deletingLastPathComponent())
        }
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        for configuration in ["release", "debug"] {
            candidates.append(package.appending(path: ".build/\(configuration)"))
        }
        let programs = candidates.map { $0.appending(path: "sluice") }
        return programs.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? programs[0]
    }()

    /// Runs the program with `arguments` to its end.
    ///
    /// - Parameter environment: variables besides those of this process.
    static func run(
        _ arguments: [String], input: Data = Data(), environment: [String: String] = [:]
    ) throws -> Outcome {
        let running = try RunningProgram(arguments, environment: environment)
        running.write(input)
        running.closeInput()
        return running.wait()
    }

    /// The same with text as input.
    static func run(_ arguments: [String], input: String) throws -> Outcome {
        try run(arguments, input: Data(input.utf8))
    }
}
