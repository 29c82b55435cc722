import Generation

/// What a benchmark varies.
struct BenchSizes {
    /// Tokens of the prompts.
    let prompts: [Int]
    /// Tokens to generate.
    let generated: [Int]
    let threads: [Int]
    let repetitions: Int

    /// - Throws: `CommandFailure` naming the list that cannot be read.
    init(
        prompt: String?, generated: String?, threads: String?, repetitions: Int?,
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
        self.threads = try list(["threads", "t"], "-t", threads, cores, 1...ModelSettings.maximumThreads)
        self.repetitions = try resolver.integer(["repetitions", "r"], flag: repetitions, default: 5)
        try ModelSettings.check("-r", self.repetitions, 1...10_000)
        guard !(prompts.isEmpty && self.generated.isEmpty) else {
            throw CommandFailure.usage("-p 0 and -n 0 leave nothing to measure")
        }
    }

    /// Positions that the longest test uses: generating takes one for the prompt and one for the token that
    /// comes from it.
    var neededContext: Int { max(prompts.max() ?? 0, generated.max().map { $0 + 2 } ?? 0) }

    /// - Throws: `CommandFailure` where the longest test does not fit.
    func check(contextCapacity: Int) throws {
        guard contextCapacity >= neededContext else {
            throw CommandFailure.usage(
                "-c is \(contextCapacity); the longest test needs \(neededContext)")
        }
    }
}
