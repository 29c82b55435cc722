/// The answer to one event: which slot each expert has, and what has to be read for that.
///
/// Made once and filled again for every event. Allocates: once.
public struct CacheEvent: ~Copyable {
    /// What has to be done for an expert that was not resident.
    public struct Miss: Hashable, Sendable {
        /// Its place in the event, from 0.
        public let position: Int
        /// Where to read it to.
        public let slot: SlotIndex
        /// Who lay there.
        public let evicted: ExpertID?

        package init(position: Int, slot: SlotIndex, evicted: ExpertID?) {
            self.position = position
            self.slot = slot
            self.evicted = evicted
        }
    }

    private let numbering: ExpertNumbering
    /// Slots by place in the event, and the places and victims of the misses; -1 for none.
    private var slots: FlatArray<Int32>
    private var positions: FlatArray<Int32>
    private var victims: FlatArray<Int32>
    /// Experts of the last event.
    public private(set) var count = 0
    /// Misses of the last event that got a slot.
    public private(set) var missCount = 0

    /// - Parameter capacity: the most experts that an event has.
    public init(numbering: ExpertNumbering, capacity: Int) {
        self.numbering = numbering
        slots = FlatArray(repeating: -1, count: capacity)
        positions = FlatArray(repeating: 0, count: capacity)
        victims = FlatArray(repeating: -1, count: capacity)
    }

    /// The slot of the expert at `position`; nil where it got none, and has to be computed from elsewhere or
    /// in an event of its own.
    public func slot(_ position: Int) -> SlotIndex? {
        precondition(position < count, "position \(position) of \(count)")
        let slot = Int(slots[position])
        return slot < 0 ? nil : SlotIndex(slot)
    }

    /// One of the misses that got a slot, in the order of the event; `index` is below ``missCount``.
    public func miss(_ index: Int) -> Miss {
        precondition(index < missCount, "miss \(index) of \(missCount)")
        let position = Int(positions[index])
        let victim = Int(victims[index])
        return Miss(
            position: position, slot: SlotIndex(Int(slots[position])),
            evicted: victim < 0 ? nil : numbering.expert(victim))
    }
}

extension CacheEvent {
    /// Forgets the last event.
    mutating func begin(count: Int) {
        precondition(count <= slots.count, "an event of \(count) experts, room for \(slots.count)")
        self.count = count
        missCount = 0
    }

    /// - Parameter slot: -1 for none.
    mutating func setSlot(_ slot: Int, at position: Int) { slots[position] = Int32(slot) }

    func isPlaced(_ position: Int) -> Bool { slots[position] >= 0 }

    /// - Parameter victim: the number of the expert that left, -1 for none.
    mutating func appendMiss(position: Int, victim: Int) {
        positions[missCount] = Int32(position)
        victims[missCount] = Int32(victim)
        missCount += 1
    }
}
