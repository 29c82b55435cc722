/// One expert of the model: its layer and its index there.
public struct ExpertID: Hashable, Sendable {
    /// Layer with experts, from 0.
    public let layer: Int
    /// Expert within the layer, from 0.
    public let index: Int

    public init(layer: Int, index: Int) {
        self.layer = layer
        self.index = index
    }
}

/// Where an expert can lie in memory, from 0; a slot's number never changes.
public struct SlotIndex: Hashable, Sendable {
    /// 0-based, below the shape's slot count.
    public let index: Int

    public init(_ index: Int) { self.index = index }
}

/// Numbers every expert of a model, so that flat arrays hold what is known of each.
///
/// The numbers of a layer follow one another and start at a multiple of a power of two: layer and index are
/// cut out of a number without a division. Numbers between the layers stay unused.
///
///     8 experts in a layer:    (layer 2, index 5) -> 21
///     60 experts in a layer:   (layer 2, index 5) -> 133, since 64 numbers are set aside for a layer
public struct ExpertNumbering: Hashable, Sendable {
    /// Layers that have experts.
    public let layerCount: Int
    /// Experts in each of them.
    public let expertCount: Int
    /// log2 of the numbers set aside for a layer.
    package let shift: Int

    /// - Precondition: at least one layer and one expert, at most 2^20 numbers.
    public init(layerCount: Int, expertCount: Int) {
        precondition(
            layerCount > 0 && expertCount > 0 && layerCount <= 1 << 20 && expertCount <= 1 << 16,
            "\(layerCount) layers of \(expertCount) experts")
        self.layerCount = layerCount
        self.expertCount = expertCount
        shift = expertCount == 1 ? 0 : Int.bitWidth - (expertCount - 1).leadingZeroBitCount
        precondition(layerCount << shift <= 1 << 20, "\(layerCount) layers of \(expertCount) experts")
    }

    /// One more than the largest number.
    public var count: Int { layerCount << shift }

    /// The number of `expert`.
    public func number(_ expert: ExpertID) -> Int {
        precondition(
            expert.layer >= 0 && expert.layer < layerCount && expert.index >= 0 && expert.index < expertCount,
            "expert \(expert.index) of layer \(expert.layer), of \(layerCount) layers of \(expertCount)")
        return expert.layer << shift | expert.index
    }

    /// The expert with `number`.
    public func expert(_ number: Int) -> ExpertID {
        ExpertID(layer: number >> shift, index: number & (1 << shift - 1))
    }
}
