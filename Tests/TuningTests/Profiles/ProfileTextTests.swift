import Testing
import Tuning

@Suite("Writing profiles")
struct ProfileTextTests {
    private static func sample() -> ProfileText {
        var text = ProfileText(title: ["For one machine.", ""])
        text.set("tuned.machine", .text("a \"quoted\" \\ thing\tÅ"), comment: "Who measured.")
        text.set("experts.half_life_tokens", .number(64.5), comment: "Two lines,\nthe second.")
        text.set("experts.policy", .text("lfu"), comment: "Hit rate 71 %.")
        text.set("memory.budget", .text("8G"), comment: "The knee.")
        text.set("threads.decode", .integer(4), comment: "All of them.")
        return text
    }

    @Test("values stand in the order of the keys, each below its comment")
    func layout() {
        let lines = Self.sample().sealed.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.dropLast(2) == [
                "# For one machine.", "#", "", "[memory]", "# The knee.", "budget = \"8G\"", "",
                "[threads]", "# All of them.", "decode = 4", "", "[experts]", "# Hit rate 71 %.",
                "policy = \"lfu\"", "# Two lines,", "# the second.", "half_life_tokens = 64.5", "",
                "[tuned]", "# Who measured.", "machine = \"a \\\"quoted\\\" \\\\ thing\\tÅ\"",
            ])
    }

    @Test("what is written reads as the same values")
    func roundTrip() throws {
        let profile = try Profile(Array(Self.sample().sealed.utf8), path: "p.toml")
        let values = Dictionary(uniqueKeysWithValues: profile.file.entries.map { ($0.key.path, $0.text) })
        #expect(
            values == [
                "memory.budget": "8G", "threads.decode": "4", "experts.policy": "lfu",
                "experts.half_life_tokens": "64.5", "tuned.machine": "a \"quoted\" \\ thing\tÅ",
            ])
    }

    @Test("every key can be written and read")
    func everyKey() throws {
        let whole = try Profile(Array(ProfileTests.whole.utf8), path: "p.toml")
        var text = ProfileText(title: ["Again."])
        for entry in whole.file.entries {
            let value: ProfileText.Value =
                switch entry.key.rule {
                case .integer(_, _): .integer(try #require(Int(entry.text)))
                case .number(_, _): .number(try #require(Double(entry.text)))
                default: .text(entry.text)
                }
            text.set(entry.key.path, value, comment: entry.key.summary)
        }
        let again = try Profile(Array(text.sealed.utf8), path: "p.toml")
        for key in ProfileKeys.all {
            guard let option = key.option else { continue }
            let (old, new) = (whole.value(of: option)?.text, again.value(of: option)?.text)
            // A number of tokens comes back with a point.
            #expect(new == old || new == old.map { $0 + ".0" }, "\(option)")
        }
    }

    @Test("a value that its key cannot hold traps")
    func impossible() async {
        await #expect(processExitsWith: .failure) {
            var text = ProfileText(title: [])
            text.set("memory.budget", .integer(8), comment: "")
        }
    }

    @Test("any change behind the program's back is seen")
    func seal() {
        let text = Self.sample().sealed
        #expect(ProfileSeal.state(of: text) == .intact)
        #expect(ProfileSeal.state(of: text.replacing("8G", with: "9G")) == .edited)
        #expect(ProfileSeal.state(of: text + "\n") == .edited)
        #expect(ProfileSeal.state(of: "# mine\n" + text) == .edited)
        #expect(ProfileSeal.state(of: String(text.dropLast())) == .edited)
        #expect(ProfileSeal.state(of: "[memory]\nbudget = \"8G\"\n") == .missing)
        #expect(ProfileSeal.state(of: ProfileSeal.sealed(text)) == .intact)
    }
}
