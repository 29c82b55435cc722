/// How the next token is chosen from the logits.
///
/// The rules apply in this order: penalties, top-k, top-p, min-p, temperature, noise. Top-p and min-p look at
/// the probabilities at temperature 1.
public struct SamplingOptions: Sendable, Equatable {
    /// 0 takes the most likely token; 1 samples the model's own distribution.
    public var temperature = 0.8
    /// Only the `topK` most likely tokens; 0 is no limit.
    public var topK = 40
    /// Only the most likely tokens that together reach this probability; 1 is no limit.
    public var topP = 0.95
    /// Only tokens with at least this share of the most likely one's probability; 0 is no limit.
    public var minP = 0.05
    /// What has been said lately and is not to be said again.
    public var penalties = RepetitionPenalties()
    /// Equal seeds give equal texts, whatever the thread count.
    public var seed: UInt64 = 0

    /// The defaults.
    public init() {}
}

/// Lowers the logits of tokens that appeared in a window of the latest tokens, prompt included.
public struct RepetitionPenalties: Sendable, Equatable {
    /// Divides positive logits of repeated tokens and multiplies negative ones; 1 changes nothing.
    ///
    /// Source: Keskar et al., "CTRL", arXiv 1909.05858, section 4.1, with the sign rule that made it usual.
    public var repetition = 1.0
    /// Subtracted once from the logit of a token that appeared at all.
    public var presence = 0.0
    /// Subtracted once for every time that the token appeared.
    public var frequency = 0.0
    /// Latest tokens looked at; 0 is none, -1 is the whole context.
    public var window = 64

    /// No penalties.
    public init() {}

    /// Whether any rule would change a logit.
    public var isActive: Bool { window != 0 && (repetition != 1 || presence != 0 || frequency != 0) }
}

extension SamplingOptions {
    /// The first value out of its range, as (flag, found, expected); nil when all are usable.
    public var problem: (name: String, found: String, expected: String)? {
        func outside(_ name: String, _ value: Double, _ range: ClosedRange<Double>, _ expected: String)
            -> (name: String, found: String, expected: String)?
        { range.contains(value) ? nil : (name, "\(value)", expected) }
        if topK < 0 { return ("--top-k", "\(topK)", "0 (no limit) or more") }
        if penalties.window < -1 {
            return ("--repeat-last-n", "\(penalties.window)", "-1 (whole context) or more")
        }
        return outside("--temp", temperature, 0...100, "0 to 100 (0 is greedy)")
            ?? outside("--top-p", topP, 0...1, "0 to 1")
            ?? outside("--min-p", minP, 0...1, "0 to 1")
            ?? outside("--repeat-penalty", penalties.repetition, 0.01...100, "0.01 to 100 (1 is off)")
            ?? outside("--presence-penalty", penalties.presence, -100...100, "-100 to 100 (0 is off)")
            ?? outside("--frequency-penalty", penalties.frequency, -100...100, "-100 to 100 (0 is off)")
    }
}
