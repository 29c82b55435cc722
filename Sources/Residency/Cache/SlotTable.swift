/// Which expert lies in which slot, and which slots are free: the bookkeeping behind a cache.
///
/// A slot is free, holds an expert, or is out of service. Wrong moves trap. Every operation takes constant
/// time. Allocates: once.
package struct SlotTable: ~Copyable {
    private enum Content {
        static let free: Int32 = -1
        static let outOfService: Int32 = -2
    }

    private var slots: FlatArray<Int32>
    private var contents: FlatArray<Int32>
    private var generations: FlatArray<UInt32>
    private var pools: FlatArray<Int32>
    /// The free slots of each pool, a stack from the pool's first slot on.
    private var free: FlatArray<Int32>
    private var freeCounts: FlatArray<Int>
    private var serviceCounts: FlatArray<Int>
    private var firstSlots: FlatArray<Int>

    package init(experts: Int, poolSlots: [Int]) {
        let slotCount = poolSlots.reduce(0, +)
        slots = FlatArray(repeating: -1, count: experts)
        contents = FlatArray(repeating: Content.free, count: slotCount)
        generations = FlatArray(repeating: 0, count: slotCount)
        pools = FlatArray(repeating: 0, count: slotCount)
        free = FlatArray(repeating: 0, count: slotCount)
        freeCounts = FlatArray(repeating: 0, count: poolSlots.count)
        serviceCounts = FlatArray(repeating: 0, count: poolSlots.count)
        firstSlots = FlatArray(repeating: 0, count: poolSlots.count)
        var first = 0
        for (pool, count) in poolSlots.enumerated() {
            freeCounts[pool] = count
            serviceCounts[pool] = count
            firstSlots[pool] = first
            for index in 0..<count {
                pools[first + index] = Int32(pool)
                // The lowest is taken first.
                free[first + index] = Int32(first + count - 1 - index)
            }
            first += count
        }
    }

    /// The slot of `expert`, or -1.
    package func slot(of expert: Int) -> Int { Int(slots[expert]) }

    /// The expert in `slot`, or a negative number.
    package func expert(in slot: Int) -> Int { Int(contents[slot]) }

    /// How often an expert came into `slot`.
    package func generation(of slot: Int) -> UInt32 { generations[slot] }

    /// Slots of `pool` that are not out of service.
    package func inService(pool: Int) -> Int { serviceCounts[pool] }

    /// Takes a free slot of `pool`, for ``put(_:in:)`` or ``retire(_:pool:)``.
    package mutating func takeFree(pool: Int) -> Int? {
        if freeCounts[pool] == 0 { return nil }
        freeCounts[pool] -= 1
        return Int(free[firstSlots[pool] + freeCounts[pool]])
    }

    /// Makes a slot free that holds nothing.
    package mutating func putBack(_ slot: Int, pool: Int) {
        precondition(contents[slot] == Content.free, "slot \(slot) holds \(contents[slot])")
        free[firstSlots[pool] + freeCounts[pool]] = Int32(slot)
        freeCounts[pool] += 1
    }

    /// `expert`, which has no slot, comes into `slot`, which holds nothing.
    package mutating func put(_ expert: Int, in slot: Int) {
        precondition(
            contents[slot] == Content.free && slots[expert] < 0,
            "expert \(expert) of slot \(slots[expert]) into slot \(slot), which holds \(contents[slot])")
        contents[slot] = Int32(expert)
        slots[expert] = Int32(slot)
        generations[slot] &+= 1
    }

    /// `expert` leaves its slot, which is returned and belongs to the caller.
    package mutating func remove(_ expert: Int) -> Int {
        let slot = Int(slots[expert])
        precondition(slot >= 0, "expert \(expert) has no slot")
        slots[expert] = -1
        contents[slot] = Content.free
        return slot
    }

    /// A slot that holds nothing goes out of service.
    package mutating func retire(_ slot: Int, pool: Int) {
        precondition(contents[slot] == Content.free, "slot \(slot) holds \(contents[slot])")
        contents[slot] = Content.outOfService
        generations[slot] &+= 1
        serviceCounts[pool] -= 1
    }

    /// A slot that was out of service is free; returns its pool.
    package mutating func reinstate(_ slot: Int) -> Int {
        precondition(contents[slot] == Content.outOfService, "slot \(slot) is in service")
        let pool = Int(pools[slot])
        contents[slot] = Content.free
        serviceCounts[pool] += 1
        putBack(slot, pool: pool)
        return pool
    }
}
