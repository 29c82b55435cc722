/// Where the time of a number of steps went, in seconds.
public struct StepTimes: Sendable, Equatable {
    /// Steps that ended.
    public var steps = 0
    /// Tokens that they computed.
    public var rows = 0
    /// Weights, keys and values passing through the processor.
    public var compute = 0.0
    /// Waiting for the disk, with nothing left to compute.
    public var stall = 0.0
    /// What goes with no bytes.
    public var overhead = 0.0
    /// The disk's time for what was read, guesses that came true included.
    public var disk = 0.0
    /// Of all time, what would grow with the disk's: reads that the step's end had to wait for, their time
    /// behind computing included. The rest would grow with that of computing.
    public var criticalDisk = 0.0

    /// Nothing yet.
    public init() {}

    /// All of it.
    public var total: Double { compute + stall + overhead }
    /// Reading that went on behind computing.
    public var overlap: Double { max(disk - stall, 0) }

    /// Shares of all of it: computing, waiting for the disk, and what goes with no bytes; nil for no time.
    public var shares: (compute: Double, stall: Double, overhead: Double)? {
        total > 0 ? (compute / total, stall / total, overhead / total) : nil
    }

    /// Seconds for a token; nil without any.
    public var secondsPerToken: Double? { rows > 0 ? total / Double(rows) : nil }
    /// Tokens per second; nil without any, and for steps that take no time.
    public var tokensPerSecond: Double? { rows > 0 && total > 0 ? Double(rows) / total : nil }

    /// By which share tokens would take longer, or shorter, if computing and disk were both as slow, or both
    /// as fast, as in the calibration's samples; nil where ``tokensPerSecond`` is.
    ///
    /// To first order: time that waits for the disk changes by the disk's spread, the rest by computing's.
    public func relativeBand(_ spread: MachineModel.Spread) -> Double? {
        guard rows > 0, total > 0 else { return nil }
        return (spread.disk * criticalDisk + spread.compute * (total - criticalDisk)) / total
    }

    /// Adds other steps.
    public static func += (sum: inout StepTimes, other: StepTimes) {
        sum.steps += other.steps
        sum.rows += other.rows
        sum.compute += other.compute
        sum.stall += other.stall
        sum.overhead += other.overhead
        sum.disk += other.disk
        sum.criticalDisk += other.criticalDisk
    }
}
