/// One row of a replay: a policy with a budget under an allocation, and how it did.
public struct ReplayResult: Sendable {
    /// As users name them.
    public var policy: String
    /// How slots were shared out.
    public var allocation: String
    /// Who foretold misses.
    public var predictor: String
    /// Nil where the trace does not say how large an expert is.
    public var budgetBytes: Int?
    /// Share of all experts' bytes, 0...1.
    public var budgetShare: Double
    /// Of all pools.
    public var slots: Int
    /// By layer.
    public var layers: [CacheCounters]
    /// Misses that the predictor had foretold.
    public var foreseen: Int
    /// Bytes that misses read, the largest number where they are more; nil where the trace does not say how
    /// large an expert is.
    public var bytesRead: Int?
    /// Where the time went of the steps of ``timedPhase``; nil without a time model.
    public private(set) var times: StepTimes?
    /// Decoding, or the prompt where nothing was decoded; hits and bytes are of both.
    public private(set) var timedPhase = TraceRow.Phase.decode
    /// Of that; nil without a time model.
    public private(set) var tokensPerSecond: Double?
    /// Share of `tokensPerSecond` by which it may be off on either side, as ``StepTimes/relativeBand(_:)``
    /// says.
    public private(set) var errorBand: Double?
    /// Whether its policy or allocation was fitted on other traces, and whether it is judged on the same.
    public var fit: Fit

    /// Where a row's settings come from.
    public enum Fit: String, Sendable {
        /// Nothing was learnt from a trace.
        case none
        /// Learnt from other traces than the one it is judged on.
        case heldOut = "held-out"
        /// Learnt from the trace that it is judged on: no more than a bound.
        case inSample = "in-sample"
    }

    /// - Parameter expertBytes: by layer; nil where nobody knows.
    public init(
        policy: ReplayPolicy, column: ReplayColumn, predictor: ReplayPredictor, layers: [CacheCounters],
        foreseen: Int, expertBytes: [Int]?, budgetShare: Double, fit: Fit
    ) {
        self.policy = policy.description
        allocation = column.allocation.description
        self.predictor = predictor.rawValue
        budgetBytes = expertBytes == nil ? nil : column.budgetBytes
        self.budgetShare = budgetShare
        slots = column.shape.slotCount
        self.layers = layers
        self.foreseen = foreseen
        bytesRead = expertBytes.map { Self.bytesRead(layers, $0) }
        self.fit = fit
    }

    /// Sizes are whatever a file claims, so that 2^23 misses may already be more than 63 bits count.
    private static func bytesRead(_ layers: [CacheCounters], _ expertBytes: [Int]) -> Int {
        zip(layers, expertBytes).reduce(0) { sum, layer in
            let (bytes, isTooMuch) = layer.0.misses.multipliedReportingOverflow(by: layer.1)
            let (total, overflows) = sum.addingReportingOverflow(bytes)
            return isTooMuch || overflows ? .max : total
        }
    }

    /// Of all layers.
    public var counters: CacheCounters { layers.reduce(into: CacheCounters()) { $0 += $1 } }

    /// Adds what a time model made of the same replay.
    public mutating func add(_ model: TimeModel) {
        timedPhase = model.decode.rows > 0 ? .decode : .prefill
        let times = timedPhase == .decode ? model.decode : model.prefill
        self.times = times
        tokensPerSecond = times.tokensPerSecond
        errorBand = times.relativeBand(model.machine.spread)
    }
}

/// All that a replay found: plain data for tables, files and charts.
public struct ReplayReport: Sendable {
    /// The traces judged on, as the user named them.
    public var traces: [String]
    /// The traces that anything was fitted on.
    public var fitTraces: [String]
    /// The model's sizes.
    public var shape: TraceShape
    /// Bytes of an expert by layer; nil where nobody knows.
    public var expertBytes: [Int]?
    /// Events of the traces.
    public var events: Int
    /// Tokens of the traces.
    public var rows: Int
    /// Whether every access was an event of its own.
    public var isPerAccess: Bool
    /// Texts that took turns.
    public var streams: Int
    /// One for each combination, ordered by policy, allocation, predictor and budget.
    public var results: [ReplayResult]

    public init(
        traces: [String], fitTraces: [String], events: ReplayEvents, expertBytes: [Int]?, streams: Int,
        results: [ReplayResult]
    ) {
        self.traces = traces
        self.fitTraces = fitTraces
        shape = events.shape
        self.expertBytes = expertBytes
        self.events = events.count
        rows = events.rowCount
        isPerAccess = events.isPerAccess
        self.streams = streams
        self.results = results
    }
}
