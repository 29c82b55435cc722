import Generation

/// What a tuner found, as a profile with the measurement behind every value.
public struct TunedProfile: Sendable {
    /// What was found.
    public let result: TuningResult
    /// What the profile says of where and when it was measured.
    public let origin: Origin

    /// Where and when a profile was measured, and with what: the model's name and fingerprint, the machine
    /// and the date in words, positions of the context with the bytes that they take, threads, and the
    /// routing that was replayed, in words.
    public struct Origin: Sendable {
        /// As the file calls it.
        public var modelName: String
        /// In hexadecimal digits.
        public var modelFingerprint: String
        /// In words.
        public var machine: String
        /// As in 2026-01-31.
        public var date: String
        /// Positions of the context.
        public var contextTokens: Int
        /// Bytes of their keys and values.
        public var contextBytes: Int
        /// Tokens of the prompt behind which was measured.
        public var promptTokens: Int
        /// Threads that computed.
        public var threads: Int
        /// What was replayed, in words.
        public var routing: String

        public init(
            modelName: String, modelFingerprint: String, machine: String, date: String, contextTokens: Int,
            contextBytes: Int, promptTokens: Int, threads: Int, routing: String
        ) {
            self.modelName = modelName
            self.modelFingerprint = modelFingerprint
            self.machine = machine
            self.date = date
            self.contextTokens = contextTokens
            self.contextBytes = contextBytes
            self.promptTokens = promptTokens
            self.threads = threads
            self.routing = routing
        }
    }

    public init(_ result: TuningResult, origin: Origin) {
        self.result = result
        self.origin = origin
    }

    /// The file, sealed.
    public var text: String {
        let knee = result.knee
        var text = ProfileText(title: title)
        text.set("memory.budget", .text(Self.flag(knee)), comment: budgetComment)
        text.set(
            "threads.decode", .integer(origin.threads),
            comment: "\(Self.rate(knee)) tokens/s with so many; no other number was tried.")
        text.set(
            "context.size_tokens", .integer(origin.contextTokens),
            comment:
                "The budget holds keys and values of so many positions, "
                + "\(ByteSize.text(origin.contextBytes)), and\n"
                + "made \(Self.rate(knee)) tokens/s with them; no other number was tried.\n"
                + "Measured behind a prompt of \(origin.promptTokens) tokens; longer ones leave less room "
                + "for experts.")
        addKnobs(of: knee, to: &text)
        text.set(
            "tuned.model_fingerprint", .text(origin.modelFingerprint),
            comment: "\(origin.modelName). Another model warns: tune for it.")
        text.set(
            "tuned.machine", .text(String(origin.machine.prefix(MachineName.longest))),
            comment: "Measured on \(origin.date).")
        return text.sealed
    }

    private var title: [String] {
        [
            "What `sluice tune` measured for \(origin.modelName) on \(origin.date):", origin.machine + ".",
            "",
            "Change what you like; `sluice tune` then writes here only with --force. What is not here is "
                + "decided",
            "when a run starts.",
        ]
    }

    private var budgetComment: String {
        let (knee, best) = (result.knee, result.best)
        let percent = Int((Tuner.tolerance * 100).rounded())
        let cut =
            result.isCutShort
            ? "\nThere was no time to look further: a smaller budget may do as well." : ""
        if knee.candidate.budgetBytes == best.candidate.budgetBytes {
            let smaller = result.measured.filter { $0.candidate.budgetBytes < knee.candidate.budgetBytes }
            let tried =
                smaller.isEmpty
                ? "no smaller one was tried" : "none that was tried below is within \(percent) % of it"
            return "The fastest budget that was tried; \(tried):\n\(Self.speed(knee)).\(cut)"
        }
        return """
            The smallest budget within \(percent) % of the fastest: \(Self.speed(knee)).\(cut)
            The fastest, \(Self.speed(best)), takes
            budget = "\(Self.flag(best))"
            """
    }

    private func addKnobs(of entry: TuningResult.Entry, to text: inout ProfileText) {
        let knobs = entry.candidate.knobs
        guard knobs != .standard, let policy = knobs.policy else { return }
        let parts = policy.split(separator: ":")
        text.set("experts.policy", .text(String(parts[0])), comment: policyComment(entry))
        if parts.count == 2, let tokens = Double(parts[1]) {
            let comment = comparison(entry, Self.halfLife)
            text.set("experts.half_life_tokens", .number(tokens), comment: comment)
        }
        if knobs.pools != .automatic {
            text.set(
                "experts.pools", .text(knobs.pools.rawValue), comment: comparison(entry, Self.pools))
        }
        let allocation = comparison(entry, Self.allocation)
        switch knobs.allocation {
        case .uniform: break
        case .shallow(let layers):
            text.set("experts.allocation", .text("shallow"), comment: allocation)
            text.set("experts.favoured_layers", .integer(layers), comment: allocation)
        case .soft(let layers):
            text.set("experts.allocation", .text("soft"), comment: allocation)
            text.set("experts.favoured_layers", .integer(layers), comment: allocation)
        }
    }

    /// How fast it ran, and how fast what ran with the same budget and differs from it in this alone.
    ///
    /// - Parameter part: of some knobs, what is compared, in words.
    private func comparison(_ entry: TuningResult.Entry, _ part: (TuningKnobs) -> String) -> String {
        let own = entry.candidate.knobs
        let parts: [(TuningKnobs) -> String] = [
            Self.policy, Self.halfLife, Self.pools, Self.allocation,
        ]
        let others = sameBudget(entry).map { ($0, $0.candidate.knobs) }.filter { _, knobs in
            part(knobs) != part(own) && parts.filter { $0(knobs) != $0(own) }.count == 1
        }
        let rates = others.map { "with \(part($1)) \(Self.rate($0))" }
        let rest =
            rates.isEmpty
            ? "nothing else ran that differs in this alone" : rates.joined(separator: ", ")
        return "\(Self.rate(entry)) tokens/s with this; \(rest)."
    }

    private static func policy(_ knobs: TuningKnobs) -> String {
        String((knobs.policy ?? "auto").prefix { $0 != ":" })
    }

    private static func halfLife(_ knobs: TuningKnobs) -> String {
        let parts = (knobs.policy ?? "auto").split(separator: ":")
        return parts.count == 2 ? "a half-life of \(parts[1])" : "the policy's own half-life"
    }

    private static func pools(_ knobs: TuningKnobs) -> String { "slots of \(knobs.pools.rawValue)" }

    private static func allocation(_ knobs: TuningKnobs) -> String { "\(knobs.allocation)" }

    /// All that ran with the budget of `entry`, itself included.
    private func sameBudget(_ entry: TuningResult.Entry) -> [TuningResult.Entry] {
        result.measured.filter { $0.candidate.budgetBytes == entry.candidate.budgetBytes }
    }

    /// How the replay and the runs judged the knobs at this budget, and how they compare with the standard
    /// ones at the nearest budget at which both ran.
    private func policyComment(_ entry: TuningResult.Entry) -> String {
        var first =
            entry.rank.map {
                $0.place == 1
                    ? "First of \($0.count) at this budget in the replay of \(origin.routing); "
                    : "Number \($0.place) of \($0.count) at this budget in the replay of \(origin.routing); "
            } ?? "At this budget "
        let ran = sameBudget(entry)
        let isFastest = ran.allSatisfy { $0.secondsPerToken >= entry.secondsPerToken }
        first +=
            ran.count < 2
            ? "the only one that ran"
            : isFastest ? "the fastest of \(ran.count) that ran" : "one of \(ran.count) that ran"
        first += ", \(Self.rate(entry)) tokens/s"
        let standards = result.measured.filter { $0.candidate.knobs == .standard }
        let pairs = standards.compactMap { standard in
            result.measured.first {
                $0.candidate.budgetBytes == standard.candidate.budgetBytes
                    && $0.candidate.knobs == entry.candidate.knobs
            }.map { (standard: standard, tuned: $0) }
        }
        let nearest = pairs.min {
            abs($0.tuned.candidate.budgetBytes - entry.candidate.budgetBytes)
                < abs($1.tuned.candidate.budgetBytes - entry.candidate.budgetBytes)
        }
        guard let nearest else { return first + "." }
        return """
            \(first).
            With \(Self.flag(nearest.tuned)) it made \(Self.rate(nearest.tuned)) tokens/s, the standard \
            \(Self.rate(nearest.standard)).
            """
    }

    /// `25.1 tokens/s, 67 % of requests hit (2 runs of together 192 tokens; the replay expected 25.6)`.
    private static func speed(_ entry: TuningResult.Entry) -> String {
        let hits = Int((entry.hitRate * 100).rounded())
        let runs = entry.runs.count == 1 ? "1 run of" : "\(entry.runs.count) runs of together"
        let expected = entry.prediction.map { "; the replay expected \(decimal(1 / $0.secondsPerToken))" }
        return "\(rate(entry)) tokens/s, \(hits) % of requests hit (\(runs) \(entry.tokens) tokens"
            + "\(expected ?? ""))"
    }

    private static func rate(_ entry: TuningResult.Entry) -> String { decimal(1 / entry.secondsPerToken) }

    /// Three digits, more where there are more in front of the point.
    private static func decimal(_ value: Double) -> String {
        guard value.isFinite else { return "no" }
        if value >= 100 { return "\(Int(value.rounded()))" }
        let scale = value >= 10 ? 10.0 : 100.0
        return "\((value * scale).rounded() / scale)"
    }

    private static func flag(_ entry: TuningResult.Entry) -> String {
        ByteSize.flagText(atLeast: entry.candidate.budgetBytes)
    }
}
