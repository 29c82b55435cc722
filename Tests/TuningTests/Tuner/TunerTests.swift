import Generation
import TestSupport
import Testing
import Tuning

@Suite("The tuner")
struct TunerTests {
    private static let budgets = (1...12).map { $0 << 30 }
    private static let knobs = TuningKnobs.all(layerCount: 16)
    private static let favourite = TuningKnobs(policy: "lfu:64", pools: .perLayer)

    /// Misses fall with the budget until `enough`, less quickly with other knobs than the favourite.
    private static func seconds(_ candidate: TuningCandidate, enough: Int) -> Double {
        let share = min(Double(candidate.budgetBytes) / Double(enough), 1)
        let misses = (1 - share) * (candidate.knobs == favourite ? 1 : 1.5)
        return 0.02 + 0.2 * misses
    }

    private static func tuned(_ bench: PicturedBench) async throws -> TuningResult {
        try #require(try await Tuner(budgets: budgets, knobs: knobs).run(on: bench))
    }

    @Test(
        "finds the smallest budget within 3 % of the best, and the knobs, with a dozen runs",
        arguments: 2...12)
    func knee(enough: Int) async throws {
        let bench = PicturedBench(seed: 1, truth: { Self.seconds($0, enough: enough << 30) })
        let result = try await Self.tuned(bench)
        // All within 3 % by trying everything.
        let all = Self.budgets.flatMap { budget in
            Self.knobs.map { TuningCandidate(budgetBytes: budget, knobs: $0) }
        }
        let least = all.map { Self.seconds($0, enough: enough << 30) }.min() ?? 0
        let smallest = all.filter { Self.seconds($0, enough: enough << 30) <= least * 1.03 }
            .map(\.budgetBytes).min()
        #expect(result.knee.candidate.budgetBytes == smallest)
        #expect(abs(result.best.secondsPerToken - least) < 1e-12)
        #expect(Self.seconds(result.knee.candidate, enough: enough << 30) <= least * 1.03)
        #expect(bench.runs.count <= 18, "\(bench.runs.count)")
        #expect(!result.isCutShort)
        // The replay ranks the truth here, and all of a budget.
        #expect(result.measured.allSatisfy { $0.rank?.count == Self.knobs.count })
        #expect(result.measured.contains { $0.rank?.place == 1 })
    }

    @Test("noise of 2 % costs at most 5 % of speed", arguments: 0..<40)
    func noise(seed: Int) async throws {
        let enough = (3 + seed % 9) << 30
        let bench = PicturedBench(
            seed: UInt64(seed), noise: 0.02, truth: { Self.seconds($0, enough: enough) })
        let result = try await Self.tuned(bench)
        // The tolerance, and what noise hides on both sides of it.
        let truth = Self.seconds(result.knee.candidate, enough: enough)
        #expect(truth <= 0.02 * 1.08, "\(truth), seed \(seed)")
        #expect(bench.runs.count <= 22)
    }

    @Test(
        "a replay that is wrong about the knee is put right by runs, to either side", arguments: [3, 6, 11])
    func wrongReplay(believed: Int) async throws {
        let bench = PicturedBench(
            seed: 2, truth: { Self.seconds($0, enough: 7 << 30) },
            belief: { Self.seconds($0, enough: believed << 30) })
        let result = try await Self.tuned(bench)
        #expect(result.knee.candidate.budgetBytes == 7 << 30)
    }

    @Test("a larger budget that is slower is neither best nor knee")
    func tooLarge() async throws {
        // Beyond 8 GiB the machine begins to swap.
        let bench = PicturedBench(
            seed: 3,
            truth: { candidate in
                Self.seconds(candidate, enough: 6 << 30) * (candidate.budgetBytes > 8 << 30 ? 3 : 1)
            },
            belief: { Self.seconds($0, enough: 6 << 30) })
        let result = try await Self.tuned(bench)
        #expect(result.best.candidate.budgetBytes <= 8 << 30)
        #expect(result.knee.candidate.budgetBytes == 6 << 30)
        #expect(abs(result.best.secondsPerToken - 0.02) < 1e-12)
    }

    @Test("where knobs make no difference the standard ones stay")
    func indifferent() async throws {
        let bench = PicturedBench(
            seed: 4, truth: { 0.02 + 0.2 * max(1 - Double($0.budgetBytes) / Double(5 << 30), 0) })
        let result = try await Self.tuned(bench)
        #expect(result.knee.candidate.knobs == .standard)
        // A run that ends with the last minute is no run that is missing.
        let exact = PicturedBench(
            seed: 4, runs: bench.runs.count,
            truth: { 0.02 + 0.2 * max(1 - Double($0.budgetBytes) / Double(5 << 30), 0) })
        #expect(try await Self.tuned(exact).isCutShort == false)
    }

    @Test("what would run alike runs once, with the standard knobs, whatever noise says", arguments: 0..<20)
    func alike(seed: UInt64) async throws {
        // From 5 GiB on the model is in memory whole.
        let bench = PicturedBench(
            seed: seed, noise: 0.02,
            truth: { 0.02 + 0.2 * max(1 - Double($0.budgetBytes) / Double(5 << 30), 0) },
            isOneRun: { $0.budgetBytes >= 5 << 30 })
        let result = try await Self.tuned(bench)
        let whole = bench.runs.filter { $0.budgetBytes >= 5 << 30 }
        #expect(!whole.isEmpty && whole.allSatisfy { $0.knobs == .standard })
        #expect(result.best.candidate.knobs == .standard)
    }

    @Test("who is chosen ran as often as its rivals", arguments: 0..<20)
    func noLuck(seed: UInt64) async throws {
        let bench = PicturedBench(
            seed: seed, noise: 0.05,
            truth: { 0.02 + 0.2 * max(1 - Double($0.budgetBytes) / Double(5 << 30), 0) })
        let result = try await Self.tuned(bench)
        #expect(result.knee.runs.count > 1 && result.best.runs.count > 1)
    }

    @Test("out of time it says so, and what it gives has run")
    func cutShort() async throws {
        for runs in 1...6 {
            let bench = PicturedBench(
                seed: 5, runs: runs, truth: { Self.seconds($0, enough: 7 << 30) })
            let result = try await Self.tuned(bench)
            #expect(result.isCutShort)
            #expect(bench.runs.count == runs)
            #expect(bench.runs.contains(result.knee.candidate) && bench.runs.contains(result.best.candidate))
        }
    }

    @Test("budgets that nothing runs with are left out, and with none left there is no result")
    func impossible() async throws {
        let some = PicturedBench(
            seed: 6, truth: { Self.seconds($0, enough: 7 << 30) },
            belief: { $0.budgetBytes < 5 << 30 || $0.knobs.pools == .global ? nil : 0.1 })
        let result = try await Self.tuned(some)
        #expect(some.runs.allSatisfy { $0.budgetBytes >= 5 << 30 && $0.knobs.pools != .global })
        #expect(result.knee.candidate.budgetBytes >= 5 << 30)
        let none = PicturedBench(seed: 7, truth: { _ in 1 }, belief: { _ in nil })
        #expect(try await Tuner(budgets: Self.budgets, knobs: Self.knobs).run(on: none) == nil)
    }

    @Test("all knobs can be planned with, and none is there twice")
    func everyKnob() throws {
        #expect(Set(Self.knobs).count == Self.knobs.count)
        #expect(Self.knobs.first == .standard)
        for knobs in Self.knobs { #expect(try knobs.preference().problem == nil, "\(knobs)") }
        #expect(TuningKnobs.all(layerCount: 1).allSatisfy { $0.allocation == .uniform })
    }
}
