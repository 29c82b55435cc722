import ExpertStorage
public import Residency

/// What streaming did since the model was loaded, or between two moments.
public struct StreamingCounters: Sendable, Equatable {
    /// Requests, hits and misses of experts: an expert of a layer counts once in a step.
    public var cache = CacheCounters()
    /// Bytes of experts that the disk delivered.
    public var bytesRead = 0
    /// Experts that were read ahead.
    public var guesses = 0
    /// Those of them that were then asked for.
    public var guessesUsed = 0
    /// Of the bytes read, those of guesses that came true, as far as they were there in time.
    public var guessedBytesUsed = 0
    /// Of the bytes read, those of guesses that did not.
    public var guessedBytesWasted = 0
    /// Time in which at least one read was under way.
    public var busyNanoseconds = 0
    /// Time in which at least one read was under way that a step had asked for.
    public var demandNanoseconds = 0
    /// Bytes that the disk delivered in that time, guesses' included.
    public var demandBytes = 0
    /// Time in which the step waited for bytes.
    public var stallNanoseconds = 0

    /// Nothing yet.
    public init() {}

    init(_ slots: ExpertSlots) {
        cache = slots.cache.counters
        bytesRead = slots.reads.bytes
        guesses = slots.guessed.begun
        guessesUsed = slots.guessed.used
        guessedBytesUsed = slots.guessed.bytesUsed
        guessedBytesWasted = slots.guessed.bytesWasted
        busyNanoseconds = slots.reads.busyNanoseconds
        demandNanoseconds = slots.reads.demandNanoseconds
        demandBytes = slots.reads.demandBytes
        stallNanoseconds = slots.stallNanoseconds
    }

    /// Time in which the step waited for bytes.
    public var stallSeconds: Double { Double(stallNanoseconds) / 1e9 }
    /// Time in which at least one read was under way.
    public var busySeconds: Double { Double(busyNanoseconds) / 1e9 }

    /// Bytes per second while a step's own reads were under way; nil where none was.
    ///
    /// Guesses alone are left out: few of them are under way at a time, so that the next demand finds the
    /// disk free, and the disk is then slower than it can be.
    public var diskBytesPerSecond: Double? {
        demandNanoseconds > 0 ? Double(demandBytes) / (Double(demandNanoseconds) / 1e9) : nil
    }

    /// Adds what happened in another stretch of time.
    public static func += (sum: inout StreamingCounters, other: StreamingCounters) {
        sum.cache += other.cache
        sum.bytesRead += other.bytesRead
        sum.guesses += other.guesses
        sum.guessesUsed += other.guessesUsed
        sum.guessedBytesUsed += other.guessedBytesUsed
        sum.guessedBytesWasted += other.guessedBytesWasted
        sum.busyNanoseconds += other.busyNanoseconds
        sum.demandNanoseconds += other.demandNanoseconds
        sum.demandBytes += other.demandBytes
        sum.stallNanoseconds += other.stallNanoseconds
    }

    /// What happened after `earlier`.
    public static func - (later: StreamingCounters, earlier: StreamingCounters) -> StreamingCounters {
        var difference = later
        difference.cache -= earlier.cache
        difference.bytesRead -= earlier.bytesRead
        difference.guesses -= earlier.guesses
        difference.guessesUsed -= earlier.guessesUsed
        difference.guessedBytesUsed -= earlier.guessedBytesUsed
        difference.guessedBytesWasted -= earlier.guessedBytesWasted
        difference.busyNanoseconds -= earlier.busyNanoseconds
        difference.demandNanoseconds -= earlier.demandNanoseconds
        difference.demandBytes -= earlier.demandBytes
        difference.stallNanoseconds -= earlier.stallNanoseconds
        return difference
    }
}
