import Generation

/// Why a model cannot be tuned.
public enum TuningBenchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Neither the trace nor the machine file say how large an expert is.
    case unknownSizes
    /// The trace is of another model.
    case otherModel(path: String, found: String, expected: String)
    /// The model has no experts that could be kept or read.
    case notStreamable(path: String)
    /// The largest budget is smaller than the smallest that works.
    case budgetTooSmall(largestBytes: Int, smallestBytes: Int)
    /// No candidate was replayed in the time that there is for it.
    case nothingPredicted
    /// The context has no room for a run.
    case contextTooSmall(found: Int, needed: Int)

    public var description: String {
        switch self {
        case .unknownSizes:
            "neither the trace nor the machine file say how large an expert is; leave them out to have both "
                + "measured"
        case .otherModel(let path, let found, let expected):
            "'\(path)' is a trace of the model \(found); expected one of \(expected), or none"
        case .notStreamable(let path):
            "'\(path)' has no experts that can be read one by one, so there is nothing to tune; convert "
                + "it to GGUF, or run it in memory"
        case .budgetTooSmall(let largestBytes, let smallestBytes):
            "there are \(ByteSize.text(largestBytes)) to tune with, but the smallest budget that works is "
                + "\(ByteSize.flagText(atLeast: smallestBytes)); free some memory, or raise --budget-max"
        case .nothingPredicted:
            "the trace is so long that no setting could be replayed in the time for it; give a shorter one, "
                + "or leave --trace out"
        case .contextTooSmall(let found, let needed):
            "the context holds \(found) positions; tuning needs \(needed): raise -c"
        }
    }
}
