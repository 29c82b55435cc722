/// What experts are worth to a policy that does not look at what is resident.
package protocol ExpertPriority: ~Copyable {
    /// The step with this tick begins; true where the worth of experts changed that nobody asked for.
    mutating func begin(tick: Int) -> Bool
    /// The worth of `expert` now that request `request` asks for it, for `rows` rows.
    mutating func use(_ expert: Int, request: Int, rows: Int) -> Double
    /// The worth of an expert that was used before; asked for only after `begin` said that it changed.
    func worth(_ expert: Int) -> Double
}

/// Caches of all sizes at once that let the expert of least worth leave, of equals the one with the smallest
/// number: a heap for each level.
///
/// Cost: a miss exchanges one expert with each level that it is missed at. Allocates: once.
package struct PriorityStack<Priority: ExpertPriority & ~Copyable>: LevelStack, ~Copyable {
    private let levels: StackLevels
    private let bypasses: Bool
    private var priority: Priority
    private var heaps: LevelHeaps
    /// What goes down to the next level.
    private var falling: FlatArray<Int32>
    private var fallingCount = 0
    private var isOfEvent: FlatArray<Bool>

    /// - Parameter bypasses: whether an expert that was asked for needs no slot, where others are worth more.
    ///   An event that is larger than its pool passes the slots by in any case.
    /// - Precondition: without it no event is larger than the smallest level of its pool, unless there is but
    ///   one level.
    package init(
        _ numbering: ExpertNumbering, _ levels: StackLevels, bypasses: Bool = false,
        priority: consuming Priority
    ) {
        self.levels = levels
        self.bypasses = bypasses
        self.priority = priority
        heaps = LevelHeaps(experts: numbering.count, levels)
        falling = FlatArray(repeating: 0, count: 2 * numbering.expertCount)
        isOfEvent = FlatArray(repeating: false, count: numbering.count)
    }

    package mutating func begin(tick: Int) {
        guard priority.begin(tick: tick) else { return }
        heaps.revalue { priority.worth($0) }
    }

    package func level(of expert: Int, pool: Int) -> Int? {
        let level = heaps.level(of: expert, pool: pool)
        return level < 0 ? nil : level
    }

    package mutating func answer(
        _ experts: Span<UInt16>, rowCounts: Span<UInt16>, first: Int, pool: Int, base: Int,
        into counts: inout LevelCounts
    ) {
        fallingCount = 0
        for position in 0..<experts.count {
            let expert = base + Int(experts[position])
            let level = heaps.level(of: expert, pool: pool)
            counts.note(level: level < 0 ? levels.count : level)
            if level >= 0 { heaps.remove(expert) }
            let worth = priority.use(expert, request: first + position, rows: Int(rowCounts[position]))
            heaps.setWorth(worth, of: expert)
            isOfEvent[expert] = true
        }
        if bypasses || experts.count > levels.slots(pool: pool, level: 0) {
            for position in 0..<experts.count { fall(base + Int(experts[position])) }
            fill(from: 0, pool: pool, &counts)
        } else {
            let room = levels.places(pool: pool, level: 0) - experts.count
            while heaps.count(pool: pool, level: 0) > room {
                fall(heaps.removeLeast(pool: pool, level: 0))
            }
            counts.left[0] += Int32(fallingCount)
            fill(from: 1, pool: pool, &counts)
            for position in 0..<experts.count {
                heaps.insert(base + Int(experts[position]), pool: pool, level: 0)
            }
        }
        for position in 0..<experts.count { isOfEvent[base + Int(experts[position])] = false }
    }

    private mutating func fall(_ expert: Int) {
        falling[fallingCount] = Int32(expert)
        fallingCount += 1
    }

    /// Lets what falls find its level.
    private mutating func fill(from first: Int, pool: Int, _ counts: inout LevelCounts) {
        for level in first..<levels.count {
            if fallingCount == 0 { return }
            let places = levels.places(pool: pool, level: level)
            var kept = 0
            for index in 0..<fallingCount {
                let expert = Int(falling[index])
                if heaps.count(pool: pool, level: level) < places {
                    heaps.insert(expert, pool: pool, level: level)
                } else {
                    let least = places == 0 ? expert : heaps.exchange(expert, pool: pool, level: level)
                    falling[kept] = Int32(least)
                    kept += 1
                }
            }
            fallingCount = kept
            for index in 0..<kept where !isOfEvent[Int(falling[index])] { counts.left[level] += 1 }
        }
    }
}
