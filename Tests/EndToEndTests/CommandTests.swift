import Foundation
import TestSupport
import Testing

@Suite("The other commands")
struct CommandTests {
    @Test("tokenize turns text into ids and --decode turns them back")
    func tokenize() throws {
        let text = "Hello, world! 日本語\n\ttabs and  spaces"
        let ids = try Executable.run(["tokenize"], input: text)
        #expect(ids.code == 0)
        let list = try #require(try JSONSerialization.jsonObject(with: ids.output) as? [Int])
        #expect(!list.isEmpty)
        let back = try Executable.run(["tokenize", "--decode"], input: ids.text)
        #expect(back.text == text)
        #expect(try Executable.run(["tokenize"], input: "").text == "[]\n")
        #expect(try Executable.run(["tokenize", "--decode"], input: "[]").text.isEmpty)
    }

    @Test("tokenize reads vocabulary-only files and adds BOS as they say", .needsSharedFixtures)
    func vocabularyOnly() throws {
        let file = try SharedFixtures.path("fixtures/tokenizers/ggml-vocab-llama-bpe.gguf")
        #expect(
            try Executable.run(["tokenize", file], input: "Hello world").text == "[128000, 9906, 1917]\n")
        let plain = try Executable.run(["tokenize", file, "--no-special"], input: "Hello world")
        #expect(plain.text == "[9906, 1917]\n")
        let inspection = try Executable.run(["inspect", file, "--json"]).object()
        #expect(inspection["runnable"] as? Bool == false)
        #expect((inspection["tokenizer"] as? [String: Any])?["vocabulary_size"] as? Int == 128_256)
    }

    @Test("tokenize reads a folder without weights, and tokenizer.json by its own path")
    func tokenizerOnly() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = try folder.write(
            """
            {"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]},
            "added_tokens":[{"id":3,"content":"<e>","special":true}],
            "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},"decoder":{"type":"ByteLevel"}}
            """, to: "tokenizer.json")
        for path in [folder.path, folder.path + "/", file] {
            #expect(try Executable.run(["tokenize", path], input: "abba").text == "[2, 1, 0]\n")
            #expect(try Executable.run(["tokenize", path, "--decode"], input: "[2,1,0]").text == "abba")
        }
        try folder.write(#"{"model_type":"olmoe","eos_token_id":3}"#, to: "config.json")
        #expect(try Executable.run(["tokenize", folder.path], input: "abba").text == "[2, 1, 0]\n")
        try FileManager.default.removeItem(atPath: file)
        let none = try Executable.run(["tokenize", folder.path], input: "abba")
        #expect(none.code == 1 && none.errors.contains("no tokenizer found, expected tokenizer.json"))
    }

    @Test("eval scores windows, and more text gives the same figures for the same windows")
    func eval() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = folder.path + "/text.txt"
        let text = String(repeating: "Once upon a time there was a king who had three daughters. ", count: 12)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        let logits = folder.path + "/logits.bin"
        let all = try Executable.run(
            ["eval", "-f", file, "-c", "32", "--chunks", "2", "--argmax", "--logits", logits, "--json"]
        ).object()
        #expect(all["tokens_scored"] as? Int == 62)
        #expect((all["argmax"] as? [Int])?.count == 64)
        let nll = try #require(all["nll"] as? Double)
        #expect(abs((all["perplexity"] as? Double ?? 0) - exp(nll)) < 1e-9)
        #expect(try Data(contentsOf: URL(fileURLWithPath: logits)).count == 64 * 4096 * 4)
        #expect(all["receipt"] is [String: Any])
        let small = try Executable.run([
            "eval", "-f", file, "-c", "32", "--chunks", "2", "-b", "5", "-t", "1", "--json",
        ])
        .object()
        #expect(small["nll"] as? Double == nll)
        let half = try Executable.run(
            ["eval", "-f", file, "-c", "32", "--chunks", "2", "--second-half", "--json"]
        ).object()
        #expect(half["tokens_scored"] as? Int == 30 && half["interrupted"] as? Bool == false)
    }

    @Test("eval reads ids and a text shorter than a window")
    func evalTokens() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = folder.path + "/ids.json"
        try Data("[10, 20, 30, 40]\n".utf8).write(to: URL(fileURLWithPath: file))
        let result = try Executable.run(["eval", "--tokens-file", file, "--json"]).object()
        #expect(result["tokens_scored"] as? Int == 3)
        let piped = try Executable.run(
            ["eval", "--tokens-file", "/dev/stdin", "--json"], input: "[10, 20, 30, 40]\n"
        ).object()
        #expect(piped["nll"] as? Double == result["nll"] as? Double)
        try Data("[10]".utf8).write(to: URL(fileURLWithPath: file))
        #expect(try Executable.run(["eval", "--tokens-file", file]).code == 1)
    }

    @Test("inspect tells architecture, experts, bytes per token and the smallest budget, which works")
    func inspect() throws {
        let object = try Executable.run(["inspect", "--json"]).object()
        #expect(object["architecture"] as? String == "qwen3_moe")
        #expect(object["experts"] as? Int == 32 && object["experts_per_token"] as? Int == 4)
        #expect(object["context_length"] as? Int == 512)
        #expect((object["bytes_per_token"] as? [String: Int])?["total"] ?? 0 > 8_000_000)
        let budget = try #require(object["smallest_budget"] as? Int)
        #expect(try Executable.run(["run", "-p", "x", "-n", "1", "-q", "--memory", "\(budget)"]).code == 0)
        #expect(
            try Executable.run(["run", "-p", "x", "-n", "1", "-q", "--memory", "\(budget - 1)"]).code == 1)
        let listed = try Executable.run(["inspect", "--tensors", "--json"]).object()
        #expect((listed["tensor_list"] as? [[String: Any]])?.count == object["tensors"] as? Int)
        #expect(try Executable.run(["inspect", "--tensors"]).text.contains("blk.0.ffn_gate_exps.weight"))
    }

    @Test(
        "inspect reads a Hugging Face folder without a tokenizer, and run takes ids there",
        .needsSharedFixtures)
    func folder() throws {
        let folder = try SharedFixtures.path("fixtures/architectures/mixtral")
        let object = try Executable.run(["inspect", folder, "--json"]).object()
        #expect(
            object["architecture"] as? String == "mixtral" && object["container"] as? String == "safetensors")
        let run = try Executable.run([
            "run", "-m", folder, "--tokens", "5,6,7", "-n", "3", "--temp", "0", "--json",
        ]).object()
        #expect((run["tokens"] as? [Int])?.count == 3 && run["text"] is NSNull)
        let problem = try #require((object["tokenizer"] as? [String: Any])?["problem"] as? String)
        #expect(problem.split(separator: "mixtral").count == 2 && problem.contains("--tokens"))
        let text = try Executable.run(["run", "-m", folder, "-p", "x"])
        #expect(text.code == 1 && text.errors.contains(problem))
        let stop = try Executable.run(["run", "-m", folder, "--tokens", "5", "--stop", "x"])
        #expect(stop.code == 2 && stop.errors.contains("--stop"))
    }

    @Test("a tokenizer larger than the model's vocabulary is refused with both sizes", .needsSharedFixtures)
    func vocabularies() throws {
        let copy = try TemporaryFolder()
        defer { withExtendedLifetime(copy) {} }
        let tokenizer = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "TokenizationTests/Fixtures/huggingface/mixtral/tokenizer.json").path
        let model = try SharedFixtures.path("fixtures/architectures/mixtral")
        for file in [model + "/config.json", model + "/model.safetensors", tokenizer] {
            let target = copy.path + "/" + URL(fileURLWithPath: file).lastPathComponent
            try FileManager.default.copyItem(atPath: file, toPath: target)
        }
        let run = try Executable.run(["run", "-m", copy.path, "-p", "x"])
        #expect(run.code == 1, "\(run.errors)")
        #expect(run.errors.contains("has 559 tokens") && run.errors.contains("of 320"), "\(run.errors)")
    }

    @Test("quiet means errors only")
    func quiet() throws {
        let arguments = ["run", "-p", "x", "-n", "1", "-c", "600"]
        #expect(try Executable.run(arguments).errors.contains("warning"))
        #expect(try Executable.run(arguments + ["-q"]).errors.isEmpty)
    }

    @Test("doctor knows cores, sets, memory and bandwidth")
    func doctor() throws {
        let object = try Executable.run(["doctor", "--json"]).object()
        #expect((object["cores"] as? [String: Any])?["physical"] is Int)
        let sets = try #require(object["instruction_sets"] as? [String: Any])
        #expect((sets["available"] as? [String])?.contains(sets["chosen"] as? String ?? "") == true)
        #expect((object["memory_bandwidth"] as? [[String: Any]])?.isEmpty == false)
    }

    @Test("doctor measures numbers of threads and advises one of them")
    func doctorThreads() throws {
        let object = try Executable.run(["doctor", "--threads", "--json"]).object()
        let measured = try #require(object["threads"] as? [[String: Any]])
        let threads = measured.compactMap { $0["threads"] as? Int }
        #expect(threads.first == 1 && threads == threads.sorted())
        #expect(threads.contains(try #require(object["default_threads"] as? Int)))
        #expect(measured.allSatisfy { ($0["decode_bytes_per_second"] as? Double ?? 0) > 0 })
        let best = try #require((object["best_threads"] as? [String: Any])?["decode"] as? Int)
        #expect(threads.contains(best))
        let advice = try #require(object["advice"] as? [String])
        #expect(advice.first?.hasPrefix("--threads \(best)") == true)
    }

    @Test("help has examples for every command, and the list of commands is this one")
    func help() throws {
        let commands = [
            "run", "chat", "eval", "bench", "tokenize", "inspect", "doctor", "pack", "verify", "trace",
            "replay",
            "profile", "tune",
        ]
        let overview = try Executable.run(["--help"])
        #expect(overview.code == 0)
        let listed = overview.text.split(separator: "\n").drop { !$0.hasPrefix("SUBCOMMANDS") }.dropFirst()
            .compactMap { $0.firstMatch(of: /^\s\s([a-z]+)\s/)?.1 }
        #expect(listed.map(String.init).sorted() == commands.sorted())
        for command in commands {
            let help = try Executable.run([command, "--help"])
            #expect(
                help.code == 0 && help.text.contains("Examples:") && help.text.contains("sluice \(command)"))
            #expect(help.errors.isEmpty)
        }
        for command in ["run", "chat", "eval", "bench"] {
            let parts = try Executable.run([command, "--help"]).text.split(
                separator: "\nMODELS LARGER THAN MEMORY:\n")
            #expect(parts.count == 2 && !parts[0].contains("--expert-cache <size>"))
            #expect(parts.last?.contains("--expert-cache <size>") == true)
        }
        #expect(try Executable.run(["--version"]).text.contains("."))
    }
}
