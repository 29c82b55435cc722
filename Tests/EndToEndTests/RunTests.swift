import Foundation
import TestSupport
import Testing

@Suite("sluice run")
struct RunTests {
    static let greedy = ["run", "-p", "Once upon a time", "-n", "20", "--temp", "0"]

    @Test("streams the text to standard output; plan, the model's name and the receipt go to standard error")
    func streams() throws {
        let run = try Executable.run(Self.greedy)
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.text.hasPrefix(" a man") && run.text.hasSuffix("\n"))
        for word in ["bundled demo model", "memory plan", "KV cache", "receipt", "tokens/s"] {
            #expect(run.errors.contains(word), "\(word)")
        }
        #expect(try Executable.run(Self.greedy + ["-q"]).errors.isEmpty)
    }

    @Test("--json holds tokens, text, reason and receipt")
    func json() throws {
        let object = try Executable.run(Self.greedy + ["--json"]).object()
        let tokens = try #require(object["tokens"] as? [Int])
        #expect(tokens.count == 20)
        #expect((object["prompt_tokens"] as? [Int])?.isEmpty == false)
        #expect(object["finish_reason"] as? String == "length")
        #expect((object["text"] as? String)?.hasPrefix(" a man") == true)
        let receipt = try #require(object["receipt"] as? [String: Any])
        #expect(receipt["generated_tokens"] as? Int == 20)
        #expect(receipt["architecture"] as? String == "qwen3_moe")
        #expect(receipt["residency"] as? Double == 1)
        #expect((receipt["io"] as? [String: Any])?["method"] as? String == "mmap")
        #expect((receipt["prefetch"] as? [String: Any])?["state"] as? String == "off")
        #expect((receipt["experts"] as? [String: Any])?["misses"] as? Int == 0)
        #expect((receipt["law"] as? [String: Any])?["share"] is Double)
    }

    @Test("equal seeds give equal texts on 1, 2 and 3 threads and in small chunks")
    func seeds() throws {
        let arguments = ["run", "-p", "The wolf said", "-n", "40", "--seed", "5", "-q"]
        let reference = try Executable.run(arguments + ["-t", "1"]).text
        for more in [["-t", "2"], ["-t", "3", "-b", "3"], ["-t", "1", "-tb", "2"]] {
            #expect(try Executable.run(arguments + more).text == reference, "\(more)")
        }
        #expect(try Executable.run(arguments.map { $0 == "5" ? "6" : $0 }).text != reference)
    }

    @Test("a prompt from a file, from standard input, as ids and from the environment is the same prompt")
    func prompts() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = folder.path + "/prompt.txt"
        try Data("Once upon a time".utf8).write(to: URL(fileURLWithPath: file))
        let rest = ["-n", "12", "--temp", "0", "-q"]
        let reference = try Executable.run(["run", "-p", "Once upon a time"] + rest).text
        #expect(try Executable.run(["run", "-f", file] + rest).text == reference)
        #expect(try Executable.run(["run", "-f", "-"] + rest, input: "Once upon a time").text == reference)
        #expect(
            try Executable.run(["run"] + rest, environment: ["SLUICE_PROMPT": "Once upon a time"]).text
                == reference)
        let variables = ["SLUICE_P": "Another", "SLUICE_STOP": reference.dropFirst(4).prefix(3).description]
        let stopped = try Executable.run(["run", "-p", "Once upon a time"] + rest, environment: variables)
            .text
        #expect(stopped == reference.prefix(4) + "\n")
        let ids = try Executable.run(["tokenize"], input: "Once upon a time").text.filter {
            !"[] \n".contains($0)
        }
        #expect(try Executable.run(["run", "--tokens", ids] + rest).text == reference)
    }

    @Test("a stop string ends the text before it and is no part of it")
    func stops() throws {
        let whole = try Executable.run(Self.greedy + ["-q"]).text
        let stop = String(whole.dropFirst(9).prefix(5))
        let object = try Executable.run(Self.greedy + ["--json", "--stop", "nowhere", "--stop", stop])
            .object()
        let end = try #require(whole.range(of: stop)).lowerBound
        #expect(object["text"] as? String == String(whole[..<end]))
        #expect(object["finish_reason"] as? String == "stop")
    }

    @Test("--logits has a row per generated token, and greedy tokens are its largest entries")
    func logits() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = folder.path + "/logits.bin"
        let object = try Executable.run(Self.greedy + ["--json", "--logits", file]).object()
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let tokens = try #require(object["tokens"] as? [Int])
        try #require(bytes.count == tokens.count * 4096 * 4)
        for (step, token) in tokens.enumerated() {
            let row = (0..<4096).map { index in
                let start = (step * 4096 + index) * 4
                let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
                return Float(bitPattern: bits)
            }
            #expect(row.firstIndex(of: row.max() ?? 0) == token)
        }
    }

    @Test("what is written at any moment is whole characters")
    func wholeCharacters() throws {
        let arguments = [
            "run", "-p", "日本語 é ☃", "-n", "150", "--temp", "3", "--top-k", "0", "--top-p", "1", "--min-p",
            "0",
            "--seed", "9", "-q",
        ]
        let run = try Executable.run(arguments)
        #expect(run.code == 0)
        #expect(String(validating: run.output, as: UTF8.self) != nil)
    }

    @Test("--receipt writes the receipt, and --plan prints values with their sources and runs nothing")
    func receiptAndPlan() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = folder.path + "/receipt.json"
        _ = try Executable.run(Self.greedy + ["--receipt", file])
        let receipt = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file)))
        #expect(
            (receipt as? [String: Any])?["prompt_tokens"] as? Int == 4
                || (receipt as? [String: Any])?["prompt_tokens"] is Int)
        let plan = try Executable.run(
            ["run", "--plan", "--json", "-t", "2"],
            environment: ["SLUICE_TEMP": "0.25", "SLUICE_THREADS": "1"])
        let settings = try #require(try plan.object()["settings"] as? [String: [String: String]])
        #expect(settings["threads"] == ["value": "2", "source": "flag"])
        #expect(settings["temp"] == ["value": "0.25", "source": "environment"])
        #expect(settings["top-k"] == ["value": "40", "source": "default"])
        #expect(try plan.object()["memory"] is [String: Any])
    }

    @Test("the smallest budget that a refusal names works, and is kept")
    func budget() throws {
        let refused = try Executable.run(Self.greedy + ["--memory", "10M"])
        #expect(refused.code == 1 && refused.text.isEmpty)
        let number = try #require(refused.errors.firstMatch(of: /--memory ([0-9]+M)/)?.1)
        let object = try Executable.run(Self.greedy + ["--json", "--memory", String(number)]).object()
        let receipt = try #require(object["receipt"] as? [String: Any])
        let peak = try #require(receipt["memory_peak"] as? Int)
        let budget = try #require(receipt["memory_budget"] as? Int)
        #expect(peak <= budget)
    }

    @Test("a context beyond the model's limit warns and works")
    func longContext() throws {
        let run = try Executable.run(Self.greedy + ["-c", "600"])
        #expect(run.code == 0 && run.errors.contains("exceeds the 512 positions"))
    }
}
