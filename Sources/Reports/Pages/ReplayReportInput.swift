public import Residency

/// What a page about a replay shows: plain values, whoever computed them.
public struct ReplayReportInput: Sendable {
    /// The traces judged on, as the user named them; any text.
    public var traces: [String]
    /// The traces that anything was fitted on.
    public var fitTraces: [String]
    /// What else the header says: fingerprint, machine, options. Any text.
    public var conditions: [(name: String, value: String)]
    /// The model's sizes.
    public var shape: TraceShape
    /// Events that were replayed.
    public var events: Int
    /// One for each combination, in the order of the table.
    public var rows: [Row]
    /// Of the traces judged on, by trace.
    public var statistics: [TraceStatistics]

    public init(
        traces: [String], fitTraces: [String], conditions: [(name: String, value: String)], shape: TraceShape,
        events: Int, rows: [Row], statistics: [TraceStatistics]
    ) {
        self.traces = traces
        self.fitTraces = fitTraces
        self.conditions = conditions
        self.shape = shape
        self.events = events
        self.rows = rows
        self.statistics = statistics
    }

    /// A policy at a budget under an allocation, and how it did.
    public struct Row: Sendable {
        /// As users name them.
        public var policy: String
        /// How slots were shared out.
        public var allocation: String
        /// Who foretold misses.
        public var predictor: String
        /// Share of all experts' bytes, 0...1.
        public var budgetShare: Double
        /// Nil where nobody knows how large an expert is.
        public var budgetBytes: Int?
        /// Of all pools.
        public var slots: Int
        /// By layer.
        public var layers: [CacheCounters]
        /// Nil where nobody knows how large an expert is.
        public var bytesRead: Int?
        /// Of decoding; nil without a model of time.
        public var tokensPerSecond: Double?
        /// Share of `tokensPerSecond` by which it may be off on either side.
        public var errorBand: Double?
        /// Where its settings come from.
        public var fit: Fit
        /// Where the time of a token goes; nil without a model of time.
        public var times: StepTimes?

        /// Where a row's settings come from.
        public enum Fit: Sendable {
            /// Nothing was learnt from a trace.
            case none
            /// Learnt from other traces than those it is judged on.
            case heldOut
            /// Learnt from what it is judged on: no more than a bound.
            case inSample
        }

        public init(
            policy: String, allocation: String, predictor: String, budgetShare: Double, budgetBytes: Int?,
            slots: Int, layers: [CacheCounters], bytesRead: Int?, tokensPerSecond: Double?,
            errorBand: Double?, fit: Fit, times: StepTimes? = nil
        ) {
            self.policy = policy
            self.allocation = allocation
            self.predictor = predictor
            self.budgetShare = budgetShare
            self.budgetBytes = budgetBytes
            self.slots = slots
            self.layers = layers
            self.bytesRead = bytesRead
            self.tokensPerSecond = tokensPerSecond
            self.errorBand = errorBand
            self.fit = fit
            self.times = times
        }

        /// Of all layers.
        var counters: CacheCounters { layers.reduce(into: CacheCounters()) { $0 += $1 } }
        var hitRate: Double { counters.hitRate }
        /// Units: ms.
        var timePerToken: Double? { tokensPerSecond.flatMap { $0 > 0 ? 1000 / $0 : nil } }
        /// Where the time of a token goes, by name, as shares of all of it; empty where nobody knows.
        var timeShares: [(name: String, share: Double)] {
            guard let shares = times?.shares else { return [] }
            return [
                ("computing", shares.compute), ("disk", shares.stall), ("overhead", shares.overhead),
            ]
        }
        /// Whether it knows the future: nothing that can be run.
        var isBound: Bool { policy.hasPrefix("belady") }
    }
}
