import Residency

/// The largest values that a file of another engine may claim.
enum ImportLimits {
    /// The deepest models have about 100 layers.
    static let layers = 4_096

    /// ``RoutingTrace`` keeps the largest number for "no choice".
    static let experts = Int(RoutingTrace.noExpert)

    /// What our own container can say.
    static let expertBytes = TraceFormat.maximumExpertBytes

    /// Up to here, a number is exact where scripts read it as a double. The sum of all counts is bounded too.
    static let uses = 1 << 53

    /// The widest routing known takes 22.
    static let expertsPerToken = 256

    /// A place in a trace is a 32-bit number.
    static let rows = Int(UInt32.max)

    /// A trace has room for every token, layer and rank. A file in which most of that room stays empty would
    /// take many times its own size in memory.
    static let slotsPerChoice = 16

    /// Room that is never refused, however empty it stays.
    static let freeSlots = 1 << 20

    /// A line of a choice has under 100 bytes; a line of a token with 256 choices under 4,096.
    static let lineBytes = 65_536

    /// NumPy's own headers take 128.
    static let arrayHeaderBytes = 65_536

    /// A record of a run, an array for each layer.
    static let archiveEntries = 65_536
}
