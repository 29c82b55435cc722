import Generation
import Tuning

/// What a benchmark varies.
struct BenchSizes {
    /// Tokens of the prompts.
    let prompts: [Int]
    /// Tokens to generate.
    let generated: [Int]
    /// Tokens in the context before a test.
    let depths: [Int]
    let threads: [Int]
    let repetitions: Int

    /// - Throws: `CommandFailure` naming the list that cannot be read.
    init(
        prompt: String?, generated: String?, depths: String?, threads: String?, repetitions: Int?,
        _ resolver: inout SettingResolver
    ) throws {
        func list(
            _ names: [String], _ option: String, _ flag: String?, _ fallback: Int, _ range: ClosedRange<Int>
        )
            throws -> [Int]
        {
            let text = try resolver.resolve(names, flag: flag, default: "\(fallback)", expected: "numbers") {
                $0
            }
            return try text.split(separator: ",", omittingEmptySubsequences: false).map { field in
                guard let value = Int(field), range.contains(value) else {
                    throw CommandFailure.usage(
                        "\(option) is \"\(text)\"; expected numbers from \(range.lowerBound) to "
                            + "\(range.upperBound), such as 1,2"
                    )
                }
                return value
            }
        }
        let cores = MachineCores.read().recommendedThreads
        prompts = try list(["n-prompt", "p"], "-p", prompt, 512, 0...1 << 20).filter { $0 > 0 }
        self.generated = try list(["n-gen", "n"], "-n", generated, 128, 0...1 << 20).filter { $0 > 0 }
        self.depths = try list(["n-depth", "d"], "-d", depths, 0, 0...1 << 20)
        self.threads = try list(["threads", "t"], "-t", threads, cores, ProfileKeys.threads)
        self.repetitions = try resolver.integer(["repetitions", "r"], flag: repetitions, default: 5)
        try ModelSettings.check("-r", self.repetitions, 1...10_000)
        guard !(prompts.isEmpty && self.generated.isEmpty) else {
            throw CommandFailure.usage("-p 0 and -n 0 leave nothing to measure")
        }
    }

    /// What is measured with one number of threads.
    struct Test {
        /// Tokens of the prompt that are measured, or the one that generating starts with.
        let prompt: Int
        let generated: Int
        let depth: Int

        /// `pp512`, `tg128`.
        var name: String { generated > 0 ? "tg\(generated)" : "pp\(prompt)" }

        /// Positions that the test uses: generating takes one for the token that comes from the prompt.
        var length: Int { depth + prompt + (generated > 0 ? generated + 1 : 0) }
    }

    /// All tests, in the order of their depth.
    var tests: [Test] {
        depths.flatMap { depth in
            prompts.map { Test(prompt: $0, generated: 0, depth: depth) }
                + generated.map { Test(prompt: 1, generated: $0, depth: depth) }
        }
    }

    /// Positions that the longest test uses.
    var neededContext: Int { tests.map(\.length).max() ?? 0 }

    /// - Throws: `CommandFailure` where the longest test does not fit.
    func check(contextCapacity: Int) throws {
        guard contextCapacity >= neededContext else {
            throw CommandFailure.usage(
                "-c is \(contextCapacity); the longest test needs \(neededContext)")
        }
    }
}
