/// A heap of experts for each level of each pool, the least worth on top, each expert in at most one.
///
/// Binary heaps in one array, with the place of every expert, so that any can be taken out. Allocates: once.
struct LevelHeaps: ~Copyable {
    private let levels: StackLevels
    private var nodes: FlatArray<Int32>
    /// By pool and level, where its heap starts in `nodes`, and how large it is.
    private var starts: FlatArray<Int32>
    private var counts: FlatArray<Int32>
    /// By expert: its heap, -1 for none, its place in it, and its worth.
    private var heaps: FlatArray<Int32>
    private var places: FlatArray<Int32>
    private var worths: FlatArray<Double>

    init(experts: Int, _ levels: StackLevels) {
        self.levels = levels
        let heapCount = levels.poolCount * levels.count
        starts = FlatArray(repeating: 0, count: heapCount)
        counts = FlatArray(repeating: 0, count: heapCount)
        var start = 0
        for heap in 0..<heapCount {
            starts[heap] = Int32(start)
            start += levels.places(pool: heap / levels.count, level: heap % levels.count)
        }
        nodes = FlatArray(repeating: 0, count: start)
        heaps = FlatArray(repeating: -1, count: experts)
        places = FlatArray(repeating: 0, count: experts)
        worths = FlatArray(repeating: 0, count: experts)
    }

    /// The level of `pool` that holds `expert`, -1 for none.
    func level(of expert: Int, pool: Int) -> Int {
        let heap = Int(heaps[expert])
        return heap < 0 ? -1 : heap - pool * levels.count
    }

    func count(pool: Int, level: Int) -> Int { Int(counts[pool * levels.count + level]) }

    /// - Precondition: `expert` is in no heap.
    mutating func setWorth(_ worth: Double, of expert: Int) { worths[expert] = worth }

    mutating func insert(_ expert: Int, pool: Int, level: Int) {
        let heap = pool * levels.count + level
        let place = Int(counts[heap])
        counts[heap] += 1
        heaps[expert] = Int32(heap)
        rise(expert, from: place, start: Int(starts[heap]))
    }

    mutating func remove(_ expert: Int) {
        let heap = Int(heaps[expert])
        let start = Int(starts[heap])
        let last = Int(counts[heap]) - 1
        counts[heap] -= 1
        heaps[expert] = -1
        let place = Int(places[expert])
        if place == last { return }
        let moved = Int(nodes[start + last])
        if place > 0 && isLess(moved, Int(nodes[start + (place - 1) / 2])) {
            rise(moved, from: place, start: start)
        } else {
            sink(moved, from: place, start: start, count: last)
        }
    }

    mutating func removeLeast(pool: Int, level: Int) -> Int {
        let least = Int(nodes[Int(starts[pool * levels.count + level])])
        remove(least)
        return least
    }

    /// Puts `expert` into a level that is full, and returns the one worth least of both, which is in none.
    mutating func exchange(_ expert: Int, pool: Int, level: Int) -> Int {
        let heap = pool * levels.count + level
        let start = Int(starts[heap])
        let least = Int(nodes[start])
        if isLess(expert, least) { return expert }
        heaps[least] = -1
        heaps[expert] = Int32(heap)
        sink(expert, from: 0, start: start, count: Int(counts[heap]))
        return least
    }

    /// Takes the worth of every expert that is in a heap anew.
    mutating func revalue(_ worth: (Int) -> Double) {
        for expert in 0..<heaps.count where heaps[expert] >= 0 { worths[expert] = worth(expert) }
        for heap in 0..<counts.count {
            let count = Int(counts[heap])
            for place in (0..<count / 2).reversed() {
                let start = Int(starts[heap])
                sink(Int(nodes[start + place]), from: place, start: start, count: count)
            }
        }
    }

    private func isLess(_ first: Int, _ second: Int) -> Bool {
        let (a, b) = (worths[first], worths[second])
        return a < b || a == b && first < second
    }

    private mutating func rise(_ expert: Int, from place: Int, start: Int) {
        var place = place
        while place > 0 {
            let above = (place - 1) / 2
            let other = Int(nodes[start + above])
            if !isLess(expert, other) { break }
            put(other, at: place, start: start)
            place = above
        }
        put(expert, at: place, start: start)
    }

    private mutating func sink(_ expert: Int, from place: Int, start: Int, count: Int) {
        var place = place
        while 2 * place + 1 < count {
            var below = 2 * place + 1
            if below + 1 < count, isLess(Int(nodes[start + below + 1]), Int(nodes[start + below])) {
                below += 1
            }
            let other = Int(nodes[start + below])
            if !isLess(other, expert) { break }
            put(other, at: place, start: start)
            place = below
        }
        put(expert, at: place, start: start)
    }

    private mutating func put(_ expert: Int, at place: Int, start: Int) {
        nodes[start + place] = Int32(expert)
        places[expert] = Int32(place)
    }
}
