import Residency
import TestSupport
import Testing

@Suite("Trace statistics")
struct TraceStatisticsTests {
    /// Sums of a few thousand terms of at most 1, in another order than the oracle's.
    private static let tolerance = 1e-9

    private func isClose(_ one: [Double], _ other: [Double]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) <= Self.tolerance }
    }

    /// The statistics and what they must be; nil where this machine lacks the trace.
    private func subject(
        _ name: String
    ) throws -> (found: TraceStatistics, expected: StatisticsFixtures.Expected)? {
        let expected = try #require(StatisticsFixtures.expected[name])
        return StatisticsFixtures.trace(name).map { (TraceStatistics($0), expected) }
    }

    @Test("agree with tables in numpy on synthetic traces", arguments: StatisticsFixtures.names.prefix(4))
    func agreesOnSyntheticTraces(name: String) throws {
        let (found, expected) = try #require(try subject(name))
        check(found, expected)
    }

    @Test(
        "agree with tables in numpy on the demo model's traces", .needsSharedFixtures,
        arguments: StatisticsFixtures.names.suffix(2))
    func agreesOnDemoTraces(name: String) throws {
        let (found, expected) = try #require(try subject(name))
        check(found, expected)
    }

    @Test("counts that add up to more than 63 bits have shares nevertheless")
    func largeCounts() {
        let popularity = ExpertPopularity(uses: [.max, 0, .max, 0])
        #expect(popularity.total == .max && popularity.usedCount == 2)
        #expect(popularity.choices(ofTop: 0.25) == 0.5 && popularity.choices(ofTop: 0.5) == 1)
        #expect(popularity.entropyBits == 1)
        let few = ExpertPopularity(uses: [3, 1])
        #expect(few.total == 4 && few.choices(ofTop: 0.5) == 0.75)
    }

    private func check(_ found: TraceStatistics, _ expected: StatisticsFixtures.Expected) {
        #expect(found.counts.tokens == expected.tokens)
        #expect(found.counts.decode == expected.tokens && found.counts.prefill == 0)
        #expect(found.counts.sequences.count == expected.sequences)
        #expect(found.counts.choices == expected.choices)

        #expect(found.popularity.map(\.uses) == expected.popularity.map(\.uses))
        #expect(isClose(found.popularity.map(\.entropyBits), expected.popularity.map(\.entropy)))
        for (index, share) in [0.125, 0.25, 0.5].enumerated() {
            let shares = found.popularity.map { $0.choices(ofTop: share) }
            #expect(isClose(shares, expected.popularity.map { $0.top[index] }))
        }

        #expect(found.reuse.map(\.firstUses) == expected.reuse.map(\.first))
        #expect(found.reuse.map(\.tokens) == expected.reuse.map(\.tokens))
        #expect(found.reuse.map(\.experts) == expected.reuse.map(\.experts))

        #expect(found.demand.map(\.windowTokens) == expected.demand.map(\.tokens))
        #expect(found.demand.map(\.windowCount) == expected.demand.map(\.windows))
        #expect(found.demand.map(\.mostExperts) == expected.demand.map(\.most))
        #expect(isClose(found.demand.map(\.meanExperts), expected.demand.map(\.mean)))
        for (one, other) in zip(found.demand, expected.demand) {
            #expect(isClose(one.meanByLayer, other.layers))
        }

        #expect(found.overlap.map(\.pairs) == expected.overlap.share.map { _ in expected.overlap.pairs })
        #expect(isClose(found.overlap.map(\.share), expected.overlap.share))
        #expect(isClose(found.overlap.map(\.byChance), expected.overlap.chance))

        let association = found.association.compactMap { $0 }
        #expect(found.association.first == .some(nil))
        #expect(association.map(\.choices) == expected.association.map(\.choices))
        #expect(isClose(association.map(\.recall), expected.association.map(\.recall)))
        #expect(isClose(association.map(\.byPopularity), expected.association.map(\.popularity)))
    }

    @Test("count phases, texts and steps, and pass over places without a choice")
    func counts() {
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 2, expertCount: 5), expertsPerToken: 2,
            expertBytes: [10, 100])
        var trace = Residency.RoutingTrace(shape: shape, hasWeights: false)
        let none = Residency.RoutingTrace.noExpert
        // Two texts in turn: a prompt of two tokens in one step, then one token of each.
        let rows: [(sequence: UInt32, step: UInt32, phase: TraceRow.Phase, experts: [UInt16])] = [
            (7, 0, .prefill, [0, 1, 2, none]), (7, 0, .prefill, [1, 0, none, none]),
            (3, 1, .decode, [4, none, 2, 3]), (7, 2, .decode, [1, none, 2, none]),
        ]
        for (index, row) in rows.enumerated() {
            trace.append(
                TraceRow(
                    sequence: row.sequence, position: UInt32(index), step: row.step, token: nil,
                    phase: row.phase),
                experts: row.experts)
        }
        let statistics = TraceStatistics(trace)

        #expect(statistics.counts.prefill == 2 && statistics.counts.decode == 2)
        #expect(statistics.counts.sequences.map(\.number) == [7, 3])
        #expect(statistics.counts.sequences.map(\.tokens) == [3, 1])
        #expect(statistics.counts.steps == 3 && statistics.counts.widestStep == 2)
        #expect(statistics.counts.events(shape) == 6)
        #expect(statistics.counts.choices == 10)
        #expect(statistics.popularity.map(\.uses) == [[2, 3, 0, 0, 1], [0, 0, 3, 1, 0]])
        // 1 after {0, 1}, 0 after {1, 0}, and 1 after {1, 0, 4} in layer 0, three tokens back at most.
        #expect(
            statistics.reuse[0] == ReuseDistances(firstUses: 3, tokens: [2, 1], experts: [1, 1, 1, 0, 0]))
        // The third token's pair is the second: 1 of 1 shared in layer 0, of layer 1 there is nothing before.
        #expect(statistics.overlap.map(\.pairs) == [2, 2])
        #expect(statistics.overlap.map(\.share) == [1, 0])
        #expect(statistics.demand.map(\.windowTokens) == [1, 4])
        #expect(statistics.demand.last?.meanByLayer == [3, 2])
        #expect(statistics.demand.last?.meanBytes(shape) == 230)
    }

    @Test("count of recorded predictions those that came true, among the first named and among all")
    func recall() {
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 2, expertCount: 8), expertsPerToken: 2)
        let columns = TraceColumns(
            candidates: [TraceCandidates(predictor: "stale-router", distance: 1, count: 3)])
        var trace = Residency.RoutingTrace(shape: shape, columns: columns)
        // Of layer 1: chosen 4 and 5, named 4, 6 and 5; then chosen 1 and 2, named 3; then nobody is named.
        let named: [[Int]] = [[4, 6, 5], [3], []]
        let chosen: [[Int]] = [[4, 5], [1, 2], [0, 7]]
        for row in 0..<3 {
            trace.appendBlank(
                TraceRow(
                    sequence: 0, position: UInt32(row), step: UInt32(row), token: nil, phase: .decode))
            for rank in 0..<2 {
                trace.setChoice(row: row, layer: 0, rank: rank, expert: rank, weight: 0)
                trace.setChoice(row: row, layer: 1, rank: rank, expert: chosen[row][rank], weight: 0)
            }
            for (rank, expert) in named[row].enumerated() {
                trace.setCandidate(column: 0, row: row, layer: 1, rank: rank, expert: expert)
            }
        }
        let recall = TraceStatistics(trace).recall
        #expect(recall.map(\.choices) == [4])
        #expect(recall.map(\.recall) == [0.25] && recall.map(\.recallOfAll) == [0.5])
        #expect(recall.map(\.byLayer) == [[nil, 0.25]])
    }

    @Test("of a trace without tokens are empty")
    func empty() {
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 2, expertCount: 4), expertsPerToken: 2)
        let statistics = TraceStatistics(Residency.RoutingTrace(shape: shape, hasWeights: false))
        #expect(statistics.counts.tokens == 0 && statistics.counts.choices == 0)
        #expect(statistics.demand.isEmpty)
        #expect(statistics.popularity.map(\.entropyBits) == [0, 0])
        #expect(statistics.popularity.map { $0.choices(ofTop: 0.5) } == [0, 0])
        #expect(statistics.overlap.map(\.share) == [0, 0])
        #expect(statistics.association[1]?.recall == 0)
    }

    @Test("learn nothing from the layer before where the pairs of experts would fill the memory")
    func manyExperts() {
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 2, expertCount: 9000), expertsPerToken: 1)
        var trace = Residency.RoutingTrace(shape: shape, hasWeights: false)
        for step in 0..<3 {
            trace.append(
                TraceRow(
                    sequence: 0, position: UInt32(step), step: UInt32(step), token: nil, phase: .decode),
                experts: [UInt16(step), 8999])
        }
        let statistics = TraceStatistics(trace)
        #expect(statistics.association == [nil, nil])
        #expect(statistics.counts.choices == 6 && statistics.popularity[1].total == 3)
    }

    @Test("of a million events take a few seconds", .nightlyOnly, .tags(.nightly))
    func speed() {
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 48, expertCount: 128), expertsPerToken: 8)
        var generator = SeededGenerator(seed: 11)
        var trace = Residency.RoutingTrace(shape: shape, hasWeights: false)
        let rows = 1_000_000 / 48
        trace.reserve(rows: rows)
        for row in 0..<UInt32(rows) {
            let experts = (0..<48).flatMap { _ -> [UInt16] in
                // Eight different experts, the first of them the most popular.
                let start = UInt16(generator.next() % 128 * (generator.next() % 128) / 128)
                return (0..<8).map { (start + $0 * 16) % 128 }
            }
            trace.append(
                TraceRow(sequence: 0, position: row, step: row, token: nil, phase: .decode), experts: experts)
        }
        let time = ContinuousClock().measure { #expect(TraceStatistics(trace).counts.tokens == rows) }
        print("statistics of \(rows * 48) events of 8 of 128 experts: \(time)")
        #expect(time < .seconds(10))
    }
}
