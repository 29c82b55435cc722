/// How the steps of a model ask a cache for their experts: in which order, how many at once, at which tick.
///
/// An engine and a replay both hold one, so that what a replay counts is what an engine would have counted.
/// For every step ``beginStep(rows:startsText:)``, for every layer
/// ``beginLayer(_:rows:expertsPerToken:choice:)``, then ``ask()`` as long as it answers. Where all experts of
/// the layer fit its slots they are asked for at once. Otherwise first those that are resident, then the
/// others one at a time as slots become free: whoever computes holds each position until it is computed, in
/// the order of the list, so that who leaves does not depend on how fast reads end.
///
/// Allocates: once. Runs on: the thread of its cache.
public struct StepRequests: ~Copyable {
    /// Decides.
    public let cache: any ExpertCaching
    /// What the last call of ``ask()`` found; its positions count from the first one asked for.
    public private(set) var answer: CacheEvent
    /// Positions whose experts may not leave.
    public private(set) var heldCount = 0
    private var list: StepList
    private var layer = 0
    private var tick = 0
    /// Rows of all steps so far, the clock of the cache.
    private var rowCount = 0
    /// Slots that the layer may use.
    private var capacity = 0
    /// Positions that were asked for; -1 before the residents were where not all fit.
    private var asked = 0

    public init(cache: any ExpertCaching) {
        let expertCount = cache.shape.numbering.expertCount
        self.cache = cache
        answer = CacheEvent(numbering: cache.shape.numbering, capacity: expertCount)
        list = StepList(expertCount: expertCount)
    }

    /// A step of `rows` tokens begins; `startsText` where one of them is the first of a text.
    public mutating func beginStep(rows: Int, startsText: Bool) {
        tick = rowCount
        rowCount += rows
        if startsText { cache.beginSequence() }
    }

    /// Lists what the step asks of `layer` (of those with experts).
    ///
    /// - Parameter choice: what ``StepList/fill(rows:expertsPerToken:choice:)`` takes.
    /// - Precondition: nothing is held.
    public mutating func beginLayer(
        _ layer: Int, rows: Int, expertsPerToken: Int, choice: (_ row: Int, _ rank: Int) -> Int
    ) {
        list.fill(rows: rows, expertsPerToken: expertsPerToken, choice: choice)
        begin(layer)
    }

    /// The same with a list that was made before.
    package mutating func beginLayer(_ layer: Int, experts: Span<UInt16>, rowCounts: Span<UInt16>) {
        list.fill(experts: experts, rowCounts: rowCounts)
        begin(layer)
    }

    private mutating func begin(_ layer: Int) {
        precondition(heldCount == 0, "\(heldCount) experts of layer \(self.layer) are held")
        self.layer = layer
        capacity = cache.slotsInService(layer: layer)
        asked = isTogether ? 0 : -1
    }

    /// Experts of the list.
    public var count: Int { list.count }

    /// Whether all of the list fit the layer's slots.
    public var isTogether: Bool { list.count <= capacity }

    /// Whether nothing of the list is left to ask for.
    public var isAllAsked: Bool { asked >= count }

    /// The expert at `position`.
    public func expert(_ position: Int) -> Int { list.expert(position) }

    /// Rows of the step that chose the expert at `position`.
    public func rowCount(_ position: Int) -> Int { list.rowCount(position) }

    /// Asks the cache for what comes next, as far as slots are free of what is held.
    ///
    /// - Returns: the positions that were asked for, which all have slots now; nil where the list is through
    ///   or something has to be let go first.
    public mutating func ask() -> Range<Int>? {
        let positions: Range<Int>
        if isTogether {
            guard asked < count else { return nil }
            positions = 0..<count
        } else if asked < 0 {
            positions = 0..<moveResidentsToFront()
        } else {
            guard asked < count && heldCount < capacity else { return nil }
            positions = asked..<asked + 1
        }
        list.request(positions, of: cache, layer: layer, tick: tick, into: &answer)
        for position in positions where list.rowCount(position) > 1 {
            cache.countUses(of: id(position), list.rowCount(position) - 1)
        }
        asked = positions.upperBound
        return positions
    }

    private mutating func moveResidentsToFront() -> Int {
        list.moveToFront { cache.slot(of: ExpertID(layer: layer, index: $0)) != nil }
    }

    /// The expert at `position`, which was asked for, stays until it is let go.
    public mutating func hold(_ position: Int) {
        cache.lease(id(position))
        heldCount += 1
    }

    /// Lets the expert at `position` leave when it has to.
    public mutating func letGo(_ position: Int) {
        cache.release(id(position))
        heldCount -= 1
    }

    /// The expert at `position`, as caches know it.
    public func id(_ position: Int) -> ExpertID { ExpertID(layer: layer, index: list.expert(position)) }
}
