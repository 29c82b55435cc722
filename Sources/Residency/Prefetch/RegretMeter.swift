/// Whether reading ahead pays: tries tokens with and without it in turn and keeps to what was faster.
///
/// Time comes in, a decision goes out; what a token's result is does not depend on it. Reading ahead is on
/// until a trial says otherwise. Runs on: engine thread. Allocates: none.
public struct RegretMeter: Sendable {
    /// How trials go.
    public struct Plan: Sendable {
        /// Tokens before the first trial, in which caches fill.
        public var warmUpTokens = 16
        /// Tokens of a window.
        public var windowTokens = 8
        /// Windows with reading ahead in a trial, and as many without.
        public var windowPairs = 2
        /// Tokens for which a verdict holds; each one that says the same again holds twice as long.
        public var verdictTokens = 256
        /// Tokens for which it holds at most.
        public var longestVerdictTokens = 4096
        /// What a token must be faster without to give reading ahead up, as a share: less is noise.
        public var leastGain = 0.02
        /// Whether anything is tried; reading ahead stays on otherwise.
        public var hasTrials = true

        /// The usual trial.
        public init() {}
    }

    /// What was decided, and how often.
    public struct Report: Sendable, Equatable {
        /// Nil before the first trial has ended.
        public var paid: Bool?
        /// What a token was faster with reading ahead in the last trial, negative where it was slower.
        public var netNanosecondsPerToken = 0
        /// Tokens computed with it.
        public var tokensWith = 0
        /// Tokens computed without.
        public var tokensWithout = 0
    }

    /// What was decided so far.
    public private(set) var report = Report()
    /// Whether the next token is to be computed with reading ahead.
    public private(set) var isOn = true
    private let plan: Plan
    /// Tokens left of the present stretch: warm-up, window or verdict.
    private var left: Int
    /// Windows left in the trial; 0 outside.
    private var windowsLeft = 0
    private var verdictTokens: Int
    private var nanosecondsWith = 0
    private var nanosecondsWithout = 0

    public init(_ plan: Plan = Plan()) {
        precondition(
            plan.windowTokens > 0 && plan.windowPairs > 0 && plan.verdictTokens > 0, "an empty trial")
        self.plan = plan
        left = max(plan.warmUpTokens, 1)
        verdictTokens = plan.verdictTokens
    }

    /// A token was computed as `isOn` said, in so many nanoseconds.
    public mutating func record(nanoseconds: Int) {
        if isOn { report.tokensWith += 1 } else { report.tokensWithout += 1 }
        if windowsLeft > 0 {
            if isOn { nanosecondsWith += nanoseconds } else { nanosecondsWithout += nanoseconds }
        }
        guard plan.hasTrials else { return }
        left -= 1
        guard left == 0 else { return }
        if windowsLeft == 0 { return beginTrial() }
        windowsLeft -= 1
        if windowsLeft == 0 { return decide() }
        isOn.toggle()
        left = plan.windowTokens
    }

    private mutating func beginTrial() {
        windowsLeft = 2 * plan.windowPairs
        left = plan.windowTokens
        (nanosecondsWith, nanosecondsWithout) = (0, 0)
        isOn = true
    }

    private mutating func decide() {
        let paid = Double(nanosecondsWith) * (1 - plan.leastGain) <= Double(nanosecondsWithout)
        verdictTokens =
            report.paid == paid ? min(2 * verdictTokens, plan.longestVerdictTokens) : plan.verdictTokens
        report.paid = paid
        report.netNanosecondsPerToken =
            (nanosecondsWithout - nanosecondsWith) / (plan.windowPairs * plan.windowTokens)
        isOn = paid
        left = verdictTokens
    }
}
