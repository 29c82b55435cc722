/// How often each expert was chosen: what is left of a trace where order and tokens were not kept.
public struct ExpertUsage: Hashable, Sendable {
    /// The model's sizes.
    public let shape: TraceShape
    /// Shape: [layers, experts].
    public private(set) var counts: [UInt64]

    /// Nothing chosen yet.
    public init(shape: TraceShape) {
        self.shape = shape
        counts = Array(repeating: 0, count: shape.numbering.layerCount * shape.numbering.expertCount)
    }

    /// How often `expert` of `layer` (of those with experts) was chosen.
    public subscript(layer layer: Int, expert expert: Int) -> UInt64 {
        get { counts[place(layer, expert)] }
        set { counts[place(layer, expert)] = newValue }
    }

    private func place(_ layer: Int, _ expert: Int) -> Int {
        let numbering = shape.numbering
        precondition(
            layer >= 0 && layer < numbering.layerCount && expert >= 0 && expert < numbering.expertCount,
            "expert \(expert) of layer \(layer)")
        return layer * numbering.expertCount + expert
    }
}
