/// Which resident expert leaves when another one needs its slot.
///
/// A policy knows experts by their number and slots not at all. It sees every resident expert and keeps what
/// it wants to know of the others. Pools are independent: what happens in one changes no choice in another.
///
/// For one event, the experts that a layer chose at once, the cache calls ``begin(layer:tick:)``, then
/// ``touch(_:pool:)`` for every one that is resident, in the order of the event, then for every other one
/// ``miss(_:pool:)``, ``evict(from:for:sparing:)`` if the pool has no free slot, and ``admit(_:pool:)``.
/// Where some were resident and some were not, ``settle(_:pool:)`` follows for all of them in the order of
/// the event.
///
/// Cost: every call is to take tens of nanoseconds in a pool of thousands. Allocates: none after `init`.
package protocol EvictionPolicy: ~Copyable, SendableMetatype {
    /// The name that users give.
    static var name: String { get }
    /// One line for users: what is kept.
    static var summary: String { get }
    /// Whether a layer's weight can be a factor on the priority of its experts.
    static var takesLayerWeights: Bool { get }
    /// The half-life where uses fade with time and the user may choose how fast; nil for other policies.
    static var defaultHalfLifeTokens: Double? { get }

    init(_ layout: PolicyLayout)

    /// An event of `layer` begins; `tick` counts tokens and never falls.
    mutating func begin(layer: Int, tick: Int)
    /// A resident expert was chosen.
    mutating func touch(_ expert: Int, pool: Int)
    /// An expert that the policy does not hold was chosen; it is admitted next, where there is room.
    mutating func miss(_ expert: Int, pool: Int)
    /// Takes the expert of `pool` that is worth least out of the policy and returns it; -1 where all are
    /// protected. `expert` is the one that needs the slot, -1 where the pool shrinks.
    mutating func evict(from pool: Int, for expert: Int, sparing protection: borrowing Protection) -> Int
    /// A chosen expert becomes resident.
    mutating func admit(_ expert: Int, pool: Int)
    /// An expert of the event, resident by now, takes its place in the order of the event. What a policy by
    /// order of use remembers then does not depend on what was resident before, nor on the number of slots.
    mutating func settle(_ expert: Int, pool: Int)
    /// A resident expert leaves for a reason other than its worth: its read failed.
    mutating func remove(_ expert: Int, pool: Int)
    /// `pool` now has `capacity` slots.
    mutating func resize(pool: Int, capacity: Int)
    /// Another text begins.
    mutating func beginSequence()
}

extension EvictionPolicy where Self: ~Copyable {
    /// None.
    package static var takesLayerWeights: Bool { false }
    /// None.
    package static var defaultHalfLifeTokens: Double? { nil }
    package mutating func begin(layer: Int, tick: Int) {}
    package mutating func miss(_ expert: Int, pool: Int) {}
    package mutating func settle(_ expert: Int, pool: Int) {}
    package mutating func resize(pool: Int, capacity: Int) {}
    package mutating func beginSequence() {}
}

/// What a policy is told when it is made.
package struct PolicyLayout: Sendable {
    /// The model's experts.
    package let numbering: ExpertNumbering
    /// Slots of every pool.
    package let poolSlots: [Int]
    /// Whether all layers share one pool.
    package let isGlobal: Bool
    /// Factors on the priority of layers; nil where all are 1.
    package let layerWeights: [Double]?
    /// Tokens after which a use counts half.
    package let halfLifeTokens: Double

    package init(_ shape: CacheShape, halfLifeTokens: Double) {
        numbering = shape.numbering
        poolSlots = shape.poolSlots
        isGlobal = shape.isGlobal
        layerWeights = shape.layerWeights
        self.halfLifeTokens = halfLifeTokens
    }

    /// Pools that share no slot.
    package var poolCount: Int { poolSlots.count }

    /// Layers whose experts compete in `pool`.
    package func layers(of pool: Int) -> Range<Int> {
        isGlobal ? 0..<numbering.layerCount : pool..<pool + 1
    }

    /// The numbers of the experts of `pool`.
    package func numbers(of pool: Int) -> Range<Int> {
        let layers = layers(of: pool)
        return layers.lowerBound << numbering.shift..<layers.upperBound << numbering.shift
    }
}

/// Which resident experts must stay.
package struct Protection: ~Copyable {
    /// Why an expert must stay, one bit for each reason, by number.
    package var reasons: FlatArray<UInt8>

    package init(count: Int) {
        reasons = FlatArray(repeating: 0, count: count)
    }

    /// Whether the expert must stay.
    package func covers(_ expert: Int) -> Bool { reasons[expert] != 0 }

    /// Belongs to the event that is being placed.
    package static let event: UInt8 = 1
    /// Its slot is in use.
    package static let leased: UInt8 = 2
}
