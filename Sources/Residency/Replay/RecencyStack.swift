/// ``LRU`` at all sizes at once: a list for each level, the most recent experts in the first.
///
/// Cost: a miss moves one expert down each level that it is missed at. Allocates: once.
package struct RecencyStack: LevelStack, ~Copyable {
    private let levels: StackLevels
    private var lists: ExpertLists
    /// What goes down to the next level, oldest first.
    private var falling: FlatArray<Int32>
    private var fallingCount = 0

    /// - Precondition: no event is larger than the smallest level of its pool.
    package init(_ numbering: ExpertNumbering, _ levels: StackLevels) {
        self.levels = levels
        lists = ExpertLists(experts: numbering.count, lists: levels.poolCount * levels.count)
        falling = FlatArray(repeating: 0, count: numbering.expertCount)
    }

    package func level(of expert: Int, pool: Int) -> Int? {
        let home = lists.home(expert)
        return home < 0 ? nil : home - pool * levels.count
    }

    package mutating func answer(
        _ experts: Span<UInt16>, rowCounts: Span<UInt16>, first: Int, pool: Int, base: Int,
        into counts: inout LevelCounts
    ) {
        let firstList = pool * levels.count
        for position in 0..<experts.count {
            let expert = base + Int(experts[position])
            let home = lists.home(expert)
            counts.note(level: home < 0 ? levels.count : home - firstList)
            if home >= 0 { lists.remove(expert) }
        }
        makeRoom(experts.count, pool: pool, &counts)
        for position in 0..<experts.count {
            lists.append(base + Int(experts[position]), to: firstList)
        }
        for position in 0..<experts.count where rowCounts[position] > 1 {
            lists.move(base + Int(experts[position]), to: firstList)
        }
    }

    private mutating func makeRoom(_ count: Int, pool: Int, _ counts: inout LevelCounts) {
        var places = levels.places(pool: pool, level: 0) - count
        fallingCount = 0
        for level in 0..<levels.count {
            let list = pool * levels.count + level
            if level > 0 {
                places = levels.places(pool: pool, level: level)
                // All of them are more recent than who is there.
                for index in 0..<fallingCount { lists.append(Int(falling[index]), to: list) }
                fallingCount = 0
            }
            while lists.count(list) > places {
                let oldest = lists.oldest(list)
                lists.remove(oldest)
                falling[fallingCount] = Int32(oldest)
                fallingCount += 1
            }
            if fallingCount == 0 { return }
            counts.left[level] += Int32(fallingCount)
        }
    }
}
