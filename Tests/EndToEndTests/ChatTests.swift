import Foundation
import TestSupport
import Testing

@Suite("sluice chat")
struct ChatTests {
    static let arguments = ["chat", "--chat-template", "chatml", "--temp", "0", "-n", "8", "-q"]

    @Test("over a pipe every line is a turn, and only answers are printed")
    func pipe() throws {
        let first = try Executable.run(Self.arguments, input: "Hello there\n")
        #expect(first.code == 0 && first.errors.isEmpty, "\(first.errors)")
        let both = try Executable.run(Self.arguments, input: "Hello there\nAnd then?\n")
        #expect(both.text.hasPrefix(first.text) && both.text.count > first.text.count)
        #expect(!both.text.contains(">"))
    }

    @Test("/reset forgets, /help helps, /quit leaves, and what is no command says so")
    func commands() throws {
        let once = try Executable.run(Self.arguments, input: "Hello there\n").text
        let twice = try Executable.run(
            Self.arguments, input: "Hello there\n/reset\nHello there\n/quit\nUnread\n")
        #expect(twice.text == once + once)
        #expect(try Executable.run(Self.arguments, input: "/help\n").errors.contains("/reset"))
        #expect(try Executable.run(Self.arguments, input: "/nonsense\n").errors.contains("/nonsense"))
    }

    @Test("a later turn computes only what is new")
    func reuse() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = folder.path + "/receipt.json"
        let turns = "Hello there, how are you today\nAnd then?\n"
        _ = try Executable.run(Self.arguments + ["--receipt", file], input: turns)
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        let receipt = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let experts = try #require(receipt["experts"] as? [String: Any])
        let rows = try #require(experts["requests"] as? Int) / (12 * 4)
        // Both prompts together are longer than what was computed: the second begins with the first.
        #expect(rows < (receipt["prompt_tokens"] as? Int ?? 0) + 14)
    }

    @Test("a conversation that no longer fits is refused")
    func overflow() throws {
        let run = try Executable.run(
            Self.arguments + ["-c", "12"], input: "Hello there, this is far too long\n")
        #expect(run.code == 1 && run.errors.contains("context holds 12"))
    }

    @Test("a line that is not UTF-8 is refused")
    func invalidText() throws {
        let run = try Executable.run(Self.arguments, input: Data([0x61, 0xFF, 0x0A]))
        #expect(run.code == 1 && run.errors.contains("UTF-8"))
    }
}
