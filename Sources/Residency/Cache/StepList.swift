/// What a step asks of one layer: each expert once, in the order in which it is asked for, with the number of
/// rows that chose it.
///
/// Of one row the strongest comes first; of several the one that most rows chose, and of equals the one with
/// the smaller index. Made once and filled again for every layer. Allocates: once.
public struct StepList: ~Copyable {
    private let expertCount: Int
    private var experts: FlatArray<UInt16>
    private var rowCounts: FlatArray<Int32>
    /// Rows by expert, zero between two lists.
    private var rowsOfExpert: FlatArray<Int32>
    /// Experts in the list.
    public private(set) var count = 0

    public init(expertCount: Int) {
        self.expertCount = expertCount
        experts = FlatArray(repeating: 0, count: expertCount)
        rowCounts = FlatArray(repeating: 0, count: expertCount)
        rowsOfExpert = FlatArray(repeating: 0, count: expertCount)
    }

    /// The expert at `position`.
    public func expert(_ position: Int) -> Int {
        precondition(position < count, "position \(position) of \(count)")
        return Int(experts[position])
    }

    /// Rows that chose the expert at `position`.
    public func rowCount(_ position: Int) -> Int { Int(rowCounts[position]) }

    /// Lists what `rows` rows chose.
    ///
    /// - Parameter choice: the expert that a row chose at a rank, strongest first; negative where it chose
    ///   fewer.
    public mutating func fill(rows: Int, expertsPerToken: Int, choice: (_ row: Int, _ rank: Int) -> Int) {
        count = 0
        if rows == 1 {
            for rank in 0..<expertsPerToken {
                let expert = choice(0, rank)
                if expert >= 0 { append(expert, rows: 1) }
            }
            return
        }
        for row in 0..<rows {
            for rank in 0..<expertsPerToken {
                let expert = choice(row, rank)
                if expert >= 0 { rowsOfExpert[expert] += 1 }
            }
        }
        for expert in 0..<expertCount where rowsOfExpert[expert] > 0 {
            insert(expert, rows: rowsOfExpert[expert])
            rowsOfExpert[expert] = 0
        }
    }

    /// Takes over a list that was made before.
    package mutating func fill(experts listed: Span<UInt16>, rowCounts listedCounts: Span<UInt16>) {
        count = listed.count
        for position in 0..<listed.count {
            experts[position] = listed[position]
            rowCounts[position] = Int32(listedCounts[position])
        }
    }

    private mutating func append(_ expert: Int, rows: Int32) {
        experts[count] = UInt16(expert)
        rowCounts[count] = rows
        count += 1
    }

    /// Puts `expert` behind those that as many rows chose. A few hundred experts at most, next to the
    /// products of hundreds of rows.
    private mutating func insert(_ expert: Int, rows: Int32) {
        append(expert, rows: rows)
        var position = count - 1
        while position > 0 && rowCounts[position - 1] < rows {
            swap(position - 1, position)
            position -= 1
        }
    }

    private mutating func swap(_ first: Int, _ second: Int) {
        (experts[first], experts[second]) = (experts[second], experts[first])
        (rowCounts[first], rowCounts[second]) = (rowCounts[second], rowCounts[first])
    }

    /// Moves those for which `isFirst` holds to the front, keeping the order otherwise; returns how many they
    /// are.
    mutating func moveToFront(_ isFirst: (_ expert: Int) -> Bool) -> Int {
        var moved = 0
        for position in 0..<count where isFirst(Int(experts[position])) {
            var place = position
            while place > moved {
                swap(place - 1, place)
                place -= 1
            }
            moved += 1
        }
        return moved
    }

    /// Asks `cache` for the experts at `positions`.
    func request(
        _ positions: Range<Int>, of cache: any ExpertCaching, layer: Int, tick: Int,
        into event: inout CacheEvent
    ) {
        experts.withSpan(positions) {
            cache.request(layer: layer, experts: $0, tick: tick, into: &event)
        }
    }
}
