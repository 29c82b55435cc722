/// The answer to one event: which slot each expert has, and what has to be read for that.
///
/// Made once and filled again for every event. Allocates: once.
public final class CacheEvent {
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
    /// What a cache fills.
    var storage: Storage

    /// - Parameter capacity: the most experts that an event has.
    public init(numbering: ExpertNumbering, capacity: Int) {
        self.numbering = numbering
        storage = Storage(capacity: capacity)
    }

    /// Experts of the last event.
    public var count: Int { storage.count }

    /// Misses of the last event that got a slot.
    public var missCount: Int { storage.missCount }

    /// The slot of the expert at `position`; nil where it got none, and has to be computed from elsewhere or
    /// in an event of its own.
    public func slot(_ position: Int) -> SlotIndex? {
        precondition(position < count, "position \(position) of \(count)")
        let slot = Int(storage.slots[position])
        return slot < 0 ? nil : SlotIndex(slot)
    }

    /// One of the misses that got a slot, in the order of the event; `index` is below ``missCount``.
    public func miss(_ index: Int) -> Miss {
        precondition(index < missCount, "miss \(index) of \(missCount)")
        let position = Int(storage.positions[index])
        let victim = Int(storage.victims[index])
        return Miss(
            position: position, slot: SlotIndex(Int(storage.slots[position])),
            evicted: victim < 0 ? nil : numbering.expert(victim))
    }

    /// Slots by place in the event, and the places and victims of the misses; -1 for none.
    struct Storage: ~Copyable {
        fileprivate(set) var slots: FlatArray<Int32>
        fileprivate var positions: FlatArray<Int32>
        fileprivate var victims: FlatArray<Int32>
        fileprivate var count = 0
        fileprivate var missCount = 0

        init(capacity: Int) {
            slots = FlatArray(repeating: -1, count: capacity)
            positions = FlatArray(repeating: 0, count: capacity)
            victims = FlatArray(repeating: -1, count: capacity)
        }

        mutating func begin(count: Int) {
            precondition(count <= slots.count, "an event of \(count) experts, room for \(slots.count)")
            self.count = count
            missCount = 0
        }

        mutating func setSlot(_ slot: Int, at position: Int) { slots[position] = Int32(slot) }

        func isPlaced(_ position: Int) -> Bool { slots[position] >= 0 }

        mutating func appendMiss(position: Int, victim: Int) {
            positions[missCount] = Int32(position)
            victims[missCount] = Int32(victim)
            missCount += 1
        }
    }
}
