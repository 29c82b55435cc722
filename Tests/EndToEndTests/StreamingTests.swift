import Foundation
import TestSupport
import Testing

@Suite("sluice run with a model that is larger than its memory")
struct StreamingTests {
    private static let greedy = ["run", "-p", "Once upon a time", "-n", "20", "--temp", "0", "--json", "-q"]

    /// A run's receipt and what was generated.
    private func run(_ arguments: [String]) throws -> (tokens: [Int], receipt: [String: Any]) {
        let object = try Executable.run(Self.greedy + arguments).object()
        return (
            try #require(object["tokens"] as? [Int]), try #require(object["receipt"] as? [String: Any])
        )
    }

    @Test(
        "gives the tokens of the mapped run, whatever holds and brings the experts",
        arguments: [
            ["--memory", "60M"], ["--expert-cache", "4M"], ["--io", "direct-uring", "--expert-cache", "2M"],
            ["--io", "direct-threads", "--expert-cache", "8M", "--policy", "lru"],
            ["--io", "buffered-uring", "--expert-pools", "global", "--expert-cache", "9M"],
            ["--io", "buffered-threads", "--expert-pools", "layer", "--prefetch", "off"],
            ["--memory", "60M", "--policy", "lfu:64", "-t", "2", "-b", "2"],
        ])
    func sameTokens(_ arguments: [String]) throws {
        let mapped = try run([])
        let streamed = try run(arguments)
        #expect(streamed.tokens == mapped.tokens && streamed.tokens.count == 20)
        let method = (streamed.receipt["io"] as? [String: Any])?["method"] as? String
        #expect(method != nil && method != "mmap")
        if let index = arguments.firstIndex(of: "--policy") {
            #expect(streamed.receipt["policy"] as? String == arguments[index + 1])
        }
    }

    @Test("memory that the steps of a short prompt do not need goes to experts, and the plan says so")
    func shortPrompt() throws {
        func memory(_ count: Int) throws -> (slots: Int, activations: Int) {
            let ids = (0..<count).map { "\($0 % 500 + 3)" }.joined(separator: ",")
            let arguments = ["run", "--tokens", ids, "-n", "2", "--memory", "58M", "--json", "-q"]
            let receipt = try #require(
                try Executable.run(arguments).object()["receipt"] as? [String: Any])
            let plan = try Executable.run(arguments + ["--plan"]).object()["memory"] as? [String: Any]
            let lines = try #require(plan?["lines"] as? [[String: Any]])
            let line = lines.first { $0["name"] as? String == "activations" }
            return (
                try #require(receipt["expert_slots"] as? Int), try #require(line?["bytes"] as? Int)
            )
        }
        let (short, long) = (try memory(4), try memory(300))
        #expect(short.slots > long.slots && long.slots > 0)
        #expect(short.activations < long.activations)
    }

    @Test("a model that is cut off while it is used ends the run with a sentence, not a crash")
    func cutOff() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/model.gguf"
        let source = Command.packageFolder.appending(path: "Sources/Generation/Resources/demo-q8_0.gguf").path
        for arguments in [[], ["--memory", "70M"]] {
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: source, toPath: path)
            let program = try RunningProgram(
                ["run", "-m", path, "-p", "Once", "--ignore-eos", "-c", "3000", "-q"] + arguments)
            program.waitForOutput(bytes: 20)
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.truncate(atOffset: 0)
            let run = program.wait()
            #expect(run.code == 1, "\(run.errors)")
            #expect(run.errors.contains(path), "\(run.errors)")
        }
    }

    @Test("the receipt adds up: hits and misses, bytes, and the time it waited")
    func receipt() throws {
        let receipt = try run(["--expert-cache", "6M", "--memory", "70M"]).receipt
        let experts = try #require(receipt["experts"] as? [String: Any])
        func counts(_ object: [String: Any]) throws -> (requests: Int, hits: Int, misses: Int) {
            (
                try #require(object["requests"] as? Int), try #require(object["hits"] as? Int),
                try #require(object["misses"] as? Int)
            )
        }
        let total = try counts(experts)
        #expect(total.hits + total.misses == total.requests && total.hits > 0 && total.misses > 0)
        let phases = try ["prefill", "decode"].map { try #require(experts[$0] as? [String: Any]) }
        let parts = try phases.map(counts)
        #expect(parts[0].requests + parts[1].requests == total.requests)
        #expect(parts[0].misses + parts[1].misses == total.misses)
        // 12 layers choose 4 experts for each of 19 tokens that are fed back.
        #expect(parts[1].requests == 19 * 12 * 4)
        let bytes = try #require(receipt["bytes_read"] as? [String: Int])
        let read = try ["demand", "speculative_used", "speculative_wasted"].reduce(0) {
            $0 + (try #require(bytes[$1]))
        }
        #expect(read == phases.reduce(0) { $0 + ($1["bytes_read"] as? Int ?? 0) })
        // An expert is 104,448 bytes, and blocks come as a whole; a guess that came true was no read of its
        // miss.
        #expect(read >= total.misses * 104_448 && bytes["demand"] ?? 0 > 0)
        let stall = try #require(receipt["stall_seconds"] as? Double)
        let seconds = try ["prefill_seconds", "decode_seconds"].reduce(0) {
            $0 + (try #require(receipt[$1] as? Double))
        }
        #expect(stall > 0 && stall < seconds)
        #expect(abs(stall - phases.reduce(0) { $0 + ($1["stall_seconds"] as? Double ?? 0) }) < 1e-6)
        #expect(try #require(receipt["memory_peak"] as? Int) <= 70 << 20)
        let residency = try #require(receipt["residency"] as? Double)
        #expect(residency > 0 && residency < 0.2)
        let io = try #require(receipt["io"] as? [String: Any])
        #expect(io["bandwidth"] as? Double ?? 0 > 0 && io["queue_depth"] as? Int ?? 0 > 0)
    }

    @Test("--plan names the slots, and a run below a token's working set is warned of")
    func plan() throws {
        let plan = try Executable.run(["run", "--plan", "--expert-cache", "1M"])
        #expect(plan.code == 0 && (plan.text + plan.errors).contains("expert slots"))
        #expect(plan.errors.contains("fewer than the 48 experts of one token"))
    }

    @Test("a model whose experts have to be repacked is refused for streaming, with what helps")
    func repacked() throws {
        let model = Command.packageFolder.appending(path: "Tests/ModelsTests/Fixtures/gpt_oss_mxfp4").path
        let arguments = ["run", "--tokens", "1,2,3", "-n", "2", "--json", "-m", model]
        #expect(try Executable.run(arguments).code == 0)
        for more in [["--io", "direct-threads"], ["--expert-cache", "1K"]] {
            let refused = try Executable.run(arguments + more)
            #expect(refused.code == 1 && refused.text.isEmpty)
            #expect(refused.errors.contains("convert it to GGUF"), "\(refused.errors)")
        }
    }
}
