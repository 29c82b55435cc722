import Foundation
import TestSupport
import Testing

@Suite("Refusals")
struct RefusalTests {
    /// A command line, its exit code, and what its one sentence must say.
    static let cases: [(arguments: [String], code: Int32, says: String)] = [
        (["run", "--nonsense"], 2, "Unknown option"),
        (["nonsense"], 2, "nonsense"),
        (["run"], 2, "no prompt"),
        (["run", "-p", ""], 2, "prompt is empty"),
        (["run", "-p", "x", "-f", "y"], 2, "more than once"),
        (["run", "-p", "x", "--temp", "-0.5"], 2, "--temp is -0.5"),
        (["run", "-p", "x", "--temp", "hot"], 2, "hot"),
        (["run", "-p", "x", "--top-p", "1.5"], 2, "--top-p is 1.5"),
        (["run", "-p", "x", "--top-p", "nan"], 2, "--top-p"),
        (["run", "-p", "x", "--min-p", "-0.1"], 2, "--min-p"),
        (["run", "-p", "x", "--top-k", "-1"], 2, "--top-k"),
        (["run", "-p", "x", "--repeat-penalty", "0"], 2, "--repeat-penalty"),
        (["run", "-p", "x", "--repeat-last-n", "-2"], 2, "--repeat-last-n"),
        (["run", "-p", "x", "-n", "-2"], 2, "-n is -2"),
        (["run", "-p", "x", "-t", "0"], 2, "--threads is 0"),
        (["run", "-p", "x", "-t", "1025"], 2, "1024"),
        (["run", "-p", "x", "-c", "0"], 2, "-c is 0"),
        (["run", "-p", "x", "-b", "0"], 2, "-b is 0"),
        (["run", "-p", "x", "--memory", "lots"], 2, "8G"),
        (["run", "-p", "x", "--memory", "0%"], 2, "--memory"),
        (["run", "-p", "x", "--kv-type", "q4"], 2, "f16"),
        (["run", "-p", "x", "--memory", "10M"], 1, "smallest budget that works"),
        (["run", "--tokens", "1,x"], 2, "\"x\""),
        (["run", "--tokens", ""], 2, "empty"),
        (["run", "--tokens", "-4"], 2, "-4"),
        (["run", "--tokens", "4096"], 2, "outside the vocabulary"),
        (["run", "-p", "one two three four five six seven", "-c", "4"], 1, "context holds 4"),
        (["run", "-p", "x", "-m", "/no/such/file"], 1, "/no/such/file"),
        (["run", "-p", "x", "-m", "/"], 1, "no model"),
        (["run", "-p", "x", "-m", "/dev/null"], 1, "device"),
        (["run", "-f", "/no/such/text"], 1, "'/no/such/text': there is no such file"),
        (["run", "-f", "/"], 1, "'/': this is a folder"),
        (["run", "-p", "x", "--receipt", "/no/such/r", "-n", "1"], 1, "no such folder '/no/such'"),
        (["run", "-p", "x", "--logits", "/no/such/l", "-n", "1"], 1, "no such folder '/no/such'"),
        (["run", "-p", "x", "--pretokenizer", "nonsense"], 1, "nonsense"),
        (["run", "-p", "x", "--policy", "lrv"], 2, "did you mean 'lru'"),
        (["run", "-p", "x", "--policy", "lru:64"], 2, "'lru' takes no half-life"),
        (["run", "-p", "x", "--policy", "lfu:0"], 2, "half-life '0' of 'lfu'"),
        (["run", "-p", "x", "--expert-cache", "lots"], 2, "--expert-cache is \"lots\""),
        (["run", "-p", "x", "--expert-cache", "1K"], 1, "smallest"),
        (["run", "-p", "x", "--expert-pools", "both"], 2, "--expert-pools is \"both\""),
        (["run", "-p", "x", "--io", "direct"], 2, "direct-uring, direct-threads"),
        (["run", "-p", "x", "--io", "mmap", "--policy", "lru"], 2, "--io mmap keeps no experts"),
        (["run", "-p", "x", "--io", "mmap", "--expert-cache", "9M"], 2, "--io mmap keeps no experts"),
        (["run", "-p", "x", "--io", "mmap", "--memory", "60M"], 1, "smallest budget that works"),
        (["run", "-p", "x", "--prefetch", "fate"], 2, "--prefetch is \"fate\""),
        (["run", "-p", "x", "--precision", "hobbit"], 2, "use exact"),
        (["run", "-p", "x", "--workers", "2"], 2, "worker processes"),
        (["run", "-p", "x", "--profile", "/no/such/p.toml"], 1, "there is no such file"),
        (["eval"], 2, "no text"),
        (["eval", "-f", "a", "--tokens-file", "b"], 2, "twice"),
        (["eval", "-f", "/no/such/text"], 1, "/no/such/text"),
        (["eval", "-f", "x", "--chunks", "0"], 2, "--chunks"),
        (["eval", "-f", "/dev/null"], 1, "at least 2"),
        (["eval", "-f", "/dev/null", "-c", "1"], 2, "-c is 1"),
        (["eval", "-f", "/dev/null", "-c", "2", "--second-half"], 2, "--second-half"),
        (["eval", "--tokens-file", "/dev/null"], 1, "'/dev/null' is empty"),
        (["run", "-f", "/dev/null"], 1, "'/dev/null' is empty"),
        (["run", "-f", "/dev/null/text"], 1, "no folder"),
        (["bench", "-t", "1,x"], 2, "-t is"),
        (["bench", "-p", "0", "-n", "0"], 2, "nothing to measure"),
        (["bench", "-r", "0"], 2, "-r is 0"),
        (["inspect", "/no/such/file"], 1, "/no/such/file"),
        (["tokenize", "/no/such/file"], 1, "/no/such/file"),
        (["chat"], 1, "no chat template"),
        (["chat", "--chat-template", "nonsense"], 2, "nonsense"),
    ]

    @Test("one sentence and an exit code", arguments: 0..<66)
    func refuses(index: Int) throws {
        try #require(Self.cases.count == 66)
        let (arguments, code, says) = Self.cases[index]
        let run = try Executable.run(arguments)
        #expect(run.code == code, "\(run.errors)")
        #expect(run.text.isEmpty)
        let sentence = run.errors.split(separator: "\n").first {
            $0.hasPrefix("sluice: ") && $0.contains(says)
        }
        #expect(sentence != nil, "\(run.errors)")
    }

    @Test("text that is not UTF-8 is refused with the place of the bad byte")
    func invalidText() throws {
        let bad = Data([0x61, 0x62, 0xFF, 0x63])
        for arguments in [["run", "-f", "-"], ["eval", "-f", "-"], ["tokenize"]] {
            let run = try Executable.run(arguments, input: bad)
            #expect(run.code == 1 && run.errors.contains("offset 2"), "\(arguments) \(run.errors)")
        }
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "'\(Executable.url.path)' run -p \"$(printf 'a\\377')\" 2>/dev/null"]
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 2)
    }

    @Test("an empty file is an empty prompt, and a variable that cannot be read is named")
    func emptyAndEnvironment() throws {
        #expect(try Executable.run(["run", "-f", "-"]).code == 1)
        let run = try Executable.run(["run", "-p", "x"], environment: ["SLUICE_TOP_K": "many"])
        #expect(run.code == 2 && run.errors.contains("SLUICE_TOP_K"))
        let policy = try Executable.run(["run", "-p", "x"], environment: ["SLUICE_POLICY": "lrv"])
        #expect(policy.code == 2 && policy.errors.contains("'lru'"))
        let isa = try Executable.run(["run", "-p", "x"], environment: ["SLUICE_ISA": "nonsense"])
        #expect(isa.code == 1 && isa.errors.contains("SLUICE_ISA"))
    }

    @Test("what is wrong in a file is not a matter of usage")
    func content() throws {
        for (ids, says) in [("1,x", "\"x\""), ("[1, 4096]", "4096 at index 1"), ("1", "at least 2")] {
            let run = try Executable.run(["eval", "--tokens-file", "/dev/stdin"], input: ids)
            #expect(run.code == 1 && run.errors.contains(says), "\(ids): \(run.errors)")
        }
        let decode = try Executable.run(["tokenize", "--decode"], input: "[4096]")
        #expect(decode.code == 1 && decode.errors.contains("standard input holds 4096"))
    }
}
