public import Kernels

/// What a layer remembers of a sequence.
public enum LayerStateShape: Sendable, Equatable {
    /// Rows of keys and values per position, of so many heads together; a value width of 0 means that the
    /// values are the first columns of the keys (multi-head latent attention).
    case keyValue(heads: Int, keyWidth: Int, valueWidth: Int)
    /// A state of fixed size, Float32 (linear attention).
    case recurrent(elements: Int)

    /// Bytes for a sequence of `capacity` positions.
    public func byteCount(capacity: Int, element: CacheElement) -> Int {
        switch self {
        case .keyValue(_, let keyWidth, let valueWidth):
            KeyValueCache.byteCount(
                capacity: capacity, keyWidth: keyWidth, valueWidth: valueWidth, element: element)
        case .recurrent(let elements):
            elements * MemoryLayout<Float>.stride
        }
    }
}

/// A layer's memory of one sequence.
public enum LayerState: Sendable {
    case keyValue(KeyValueCache)
    case recurrent(FloatBuffer)
}

/// Everything a model remembers of one sequence: a state per layer and how many positions they hold.
///
/// Allocates: once, at creation. Runs on: engine thread.
public final class SequenceState {
    /// Positions that fit.
    public let capacity: Int
    /// Positions that are written.
    public private(set) var length = 0
    /// Whether the sequence is to outgrow the context that a model with two sets of rotary frequencies was
    /// trained on; its keys turn by the second set then. Fixed while the sequence holds positions.
    public private(set) var usesLongRotary = false
    let layers: [LayerState]
    /// Whether a layer keeps a state of fixed size, which goes forward only.
    public let isRecurrent: Bool
    private let longLength: Int?

    /// - Parameter longLength: positions that a sequence must outgrow to use the second set of rotary
    ///   frequencies.
    public init(shapes: [LayerStateShape], capacity: Int, element: CacheElement, longLength: Int? = nil) {
        self.capacity = capacity
        self.longLength = longLength
        isRecurrent = shapes.contains { if case .recurrent = $0 { true } else { false } }
        layers = shapes.map { shape in
            switch shape {
            case .keyValue(let heads, let keyWidth, let valueWidth):
                .keyValue(
                    KeyValueCache(
                        capacity: capacity, heads: heads, keyWidth: keyWidth, valueWidth: valueWidth,
                        element: element))
            case .recurrent(let elements):
                .recurrent(FloatBuffer(count: elements))
            }
        }
    }

    /// Counts `tokens` positions as written; the model does this once every layer has run.
    func advance(by tokens: Int) {
        length += tokens
        precondition(length <= capacity, "\(length) of \(capacity) positions")
    }

    /// Forgets everything.
    ///
    /// - Parameter expectedLength: positions that the next sequence is to have, prompt and reply; decides its
    ///   rotary set.
    public func reset(expectedLength: Int = 0) {
        length = 0
        usesLongRotary = longLength.map { expectedLength > $0 } ?? false
        for case .recurrent(let buffer) in layers { buffer.clear() }
    }

    /// Whether a sequence of `length` positions turns by the other set of rotary frequencies than the
    /// positions here do: it must start anew then, by `reset(expectedLength:)`.
    public func changesRotary(atLength length: Int) -> Bool {
        longLength.map { (length > $0) != usesLongRotary } ?? false
    }

    /// Goes back to the first `newLength` positions.
    ///
    /// - Returns: false, having changed nothing, where a recurrent layer makes that impossible; `reset` and a
    ///   new prefill then help.
    public func truncate(to newLength: Int) -> Bool {
        precondition(newLength >= 0 && newLength <= length, "\(newLength) of \(length) positions")
        if newLength == length { return true }
        if isRecurrent { return false }
        length = newLength
        return true
    }
}
