import ArgumentParser
import Foundation
import Generation

/// Turns any error into one sentence on standard error and an exit code: the only place where that happens.
enum FailureReport {
    /// Reports `error` and gives the code to exit with.
    static func report(_ error: any Error) -> Int32 {
        if let failure = error as? CommandFailure {
            say(failure.description)
            return failure.code.rawValue
        }
        if let error = error as? GenerationError {
            say(error.description)
            return isUsage(error) ? CommandFailure.Code.usage.rawValue : CommandFailure.Code.failure.rawValue
        }
        let code = Sluice.exitCode(for: error)
        if code == .success {
            // Help and version are results, not errors.
            try? StandardOutput.write(Sluice.fullMessage(for: error) + "\n")
            return CommandFailure.Code.success.rawValue
        }
        if code == .validationFailure {
            say(Sluice.message(for: error))
            StandardError.write(usageLine(Sluice.fullMessage(for: error)))
            return CommandFailure.Code.usage.rawValue
        }
        say(String(describing: error))
        return CommandFailure.Code.failure.rawValue
    }

    /// Whether the command line itself asked for the impossible, whatever the model.
    private static func isUsage(_ error: GenerationError) -> Bool {
        switch error.code {
        case .optionOutOfRange, .emptyPrompt: true
        default: false
        }
    }

    private static func say(_ sentence: String) {
        guard !sentence.isEmpty else { return }
        StandardError.write("sluice: \(sentence)\n")
    }

    private static func usageLine(_ message: String) -> String {
        let lines = message.split(separator: "\n").drop { !$0.hasPrefix("Usage:") }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }
}
