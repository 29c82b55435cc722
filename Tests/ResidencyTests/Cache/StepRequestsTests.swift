import Residency
import TestSupport
import Testing

@Suite("Step requests")
struct StepRequestsTests {
    private static let numbering = ExpertNumbering(layerCount: 2, expertCount: 6)

    private static func requests(slots: Int) throws -> StepRequests {
        let shape = CacheShape(numbering: numbering, pools: .perLayer([slots, slots]))
        return StepRequests(cache: try PolicyRegistry.parse("lru").makeCache(shape))
    }

    @Test("what fits is asked for at once")
    func together() throws {
        var requests = try Self.requests(slots: 3)
        requests.beginStep(rows: 1, startsText: true)
        requests.beginLayer(1, rows: 1, expertsPerToken: 3) { [4, 0, 5][$1] }
        let (isTogether, count) = (requests.isTogether, requests.count)
        #expect(isTogether && count == 3)
        let (asked, misses) = (requests.ask(), requests.answer.missCount)
        #expect(asked == 0..<3 && misses == 3)
        let after = requests.ask()
        #expect(after == nil)
        var listed: [Int] = []
        for position in 0..<count { listed.append(requests.expert(position)) }
        let cache = requests.cache
        #expect(listed == [4, 0, 5] && cache.counters(layer: 1).requests == 3)
    }

    @Test("of more than fits the residents come first, then one for each slot that is let go")
    func inTurn() throws {
        var requests = try Self.requests(slots: 2)
        requests.beginStep(rows: 1, startsText: true)
        requests.beginLayer(0, rows: 1, expertsPerToken: 2) { [3, 1][$1] }
        _ = requests.ask()
        requests.beginStep(rows: 2, startsText: false)
        // Expert 5 by both rows, then 1 and 2.
        requests.beginLayer(0, rows: 2, expertsPerToken: 2) { [[5, 1], [2, 5]][$0][$1] }
        let isTogether = requests.isTogether
        #expect(!isTogether)
        var order: [[Int]] = []
        for position in 0..<requests.count {
            while let asked = requests.ask() {
                order.append([])
                for asked in asked {
                    order[order.count - 1].append(requests.expert(asked))
                    requests.hold(asked)
                }
            }
            requests.letGo(position)
        }
        let (heldCount, cache) = (requests.heldCount, requests.cache)
        #expect(order == [[1], [5], [2]] && heldCount == 0)
        // The first expert was let go of when the third came; the second was held.
        let residents = [1, 2, 3, 5].filter { cache.slot(of: ExpertID(layer: 0, index: $0)) != nil }
        #expect(residents == [2, 5])
        #expect(cache.counters.hits == 1 && cache.counters.evictions == 2)
    }

    @Test("an expert that several rows chose counts once as a request, and for each row as a use")
    func uses() throws {
        let shape = CacheShape(numbering: Self.numbering, pools: .perLayer([2, 2]))
        var requests = StepRequests(cache: try PolicyRegistry.parse("lfu").makeCache(shape))
        requests.beginStep(rows: 3, startsText: true)
        requests.beginLayer(0, rows: 3, expertsPerToken: 1) { row, _ in [2, 4, 2][row] }
        _ = requests.ask()
        requests.beginLayer(0, rows: 1, expertsPerToken: 1) { _, _ in 0 }
        _ = requests.ask()
        let cache = requests.cache
        #expect(cache.slot(of: ExpertID(layer: 0, index: 2)) != nil)
        #expect(cache.slot(of: ExpertID(layer: 0, index: 4)) == nil)
        #expect(cache.counters.requests == 3)
    }
}
