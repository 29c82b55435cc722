import Foundation
import Generation

/// Reads turns and writes answers until the input ends.
struct ChatLoop {
    let session: ModelSession
    let engine: Engine

    private static let help = """
        /help    this
        /reset   forget what was said
        /quit    leave (so does Ctrl-D)
        Ctrl-C   stop the answer; pressed again, leave

        """

    func run(_ conversation: inout Conversation) async throws {
        let reader = LineReader()
        let isInteractive = reader.isTerminal && StandardOutput.isTerminal
        if isInteractive { StandardError.write("type a message, or /help\n") }
        while true {
            if isInteractive { try StandardOutput.write("> ") }
            guard let line = try turn(reader, isInteractive: isInteractive) else { break }
            switch line.trimmingCharacters(in: .whitespaces) {
            case "": continue
            case "/quit", "/exit": return
            case "/help": StandardError.write(Self.help)
            case "/reset":
                conversation.reset()
                StandardError.write("forgotten\n")
            case let command where command.hasPrefix("/") && !command.contains(" "):
                StandardError.write("sluice: \(command) is no command; /help lists them\n")
            default:
                let goesOn = try await answer(line, &conversation, isInteractive: isInteractive)
                if !goesOn { throw CommandFailure.interrupted }
            }
        }
        if isInteractive { try StandardOutput.write("\n") }
    }

    /// The next message: a line, with those that a backslash joins to it. Nil at the end of the input.
    private func turn(_ reader: LineReader, isInteractive: Bool) throws -> String? {
        guard var text = try reader.next() else { return nil }
        while text.hasSuffix("\\") {
            text.removeLast()
            if isInteractive { try StandardOutput.write(". ") }
            text += "\n" + (try reader.next() ?? "")
        }
        return text
    }

    /// Streams one answer.
    ///
    /// - Returns: whether the conversation goes on: an interrupted answer ends it where nobody can type.
    private func answer(
        _ text: String, _ conversation: inout Conversation, isInteractive: Bool
    ) async throws -> Bool {
        do {
            let request = try conversation.next(text)
            try session.check(request)
            let answer = try await Transcript.collect(request, on: engine, session: session, streams: true)
            try StandardOutput.write("\n")
            conversation.append(text, answer: answer)
            if answer.summary.finishReason == .length, !session.settings.isQuiet {
                StandardError.write(
                    "sluice: the answer was cut off (-n, or the context is full; /reset starts anew)\n")
            }
            return answer.summary.finishReason != .cancelled || isInteractive
        } catch let error as GenerationError where isInteractive {
            StandardError.write("sluice: \(error); /reset starts anew\n")
            return true
        }
    }
}
