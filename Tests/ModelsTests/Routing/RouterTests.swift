import Kernels
import ModelFiles
import Models
import Testing

/// The choice of experts from given scores: the router's matrix is the identity.
@Suite("Router")
struct RouterTests {
    /// Experts and weights of one row.
    private func route(
        _ scores: [Float], perToken: Int, scoring: Router.Scoring, choiceBias: [Float]? = nil,
        groups: Router.Groups? = nil, normalizes: Bool = false, scale: Float = 1
    ) -> [(expert: Int, weight: Float)] {
        let count = scores.count
        let identity = UnsafeMutablePointer<Float>.allocate(capacity: count * count)
        defer { unsafe identity.deallocate() }
        for index in 0..<count * count { unsafe identity[index] = index / count == index % count ? 1 : 0 }
        let weights = unsafe WeightMatrix(base: identity, format: .float32, rows: count, columns: count)
        let router = Router(
            linear: Linear(weights: weights), expertsPerToken: perToken, scoring: scoring,
            choiceBias: choiceBias.map { FloatVector($0) }, groups: groups, normalizesWeights: normalizes,
            weightScale: scale)
        let routing = Routing(capacity: 1, expertsPerToken: perToken)
        let input = FloatBuffer(scores)
        let context = StepContext(
            batch: Batch(capacity: 1), compute: Compute(pool: ThreadPool(threadCount: 1)),
            arena: Arena(capacity: 4096))
        router.route(input.matrix(rows: 1, columns: count), routing: routing, context: context)
        withExtendedLifetime(input) {}
        return (0..<perToken).map { (routing.expert(row: 0, rank: $0), routing.weight(row: 0, rank: $0)) }
    }

    private func softmax(_ scores: [Float]) -> [Float] {
        let powers = scores.map { Compute.exp($0) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// Two figures that differ by Float32 rounding only.
    private func isClose(_ left: Float, _ right: Float) -> Bool { abs(left - right) <= 1e-6 }

    @Test("softmax over all: the chosen weights are their probabilities, strongest first")
    func softmaxOverAll() {
        let scores: [Float] = [0.1, 2, -1, 1.5]
        let chosen = route(scores, perToken: 2, scoring: .softmax)
        let expected = softmax(scores)
        #expect(chosen.map(\.expert) == [1, 3])
        #expect(isClose(chosen[0].weight, expected[1]) && isClose(chosen[1].weight, expected[3]))
    }

    @Test("normalized weights sum to the scale")
    func normalized() {
        let chosen = route(
            [0.1, 2, -1, 1.5], perToken: 3, scoring: .softmax, normalizes: true, scale: 2.5)
        #expect(isClose(chosen.reduce(0) { $0 + $1.weight }, 2.5))
    }

    @Test("softmax over the chosen knows nothing of the others")
    func softmaxOfChosen() {
        let chosen = route([0.1, 2, -1, 1.5], perToken: 2, scoring: .softmaxOfChosen)
        let expected = softmax([2, 1.5])
        #expect(chosen.map(\.expert) == [1, 3])
        #expect(isClose(chosen[0].weight, expected[0]) && isClose(chosen[1].weight, expected[1]))
    }

    @Test("a bias decides the choice and leaves the weights alone")
    func choiceBias() {
        let chosen = route([0, 1, 2, 3], perToken: 1, scoring: .sigmoid, choiceBias: [5, 0, 0, 0])
        #expect(chosen[0].expert == 0 && isClose(chosen[0].weight, 0.5))
    }

    @Test("experts outside the best groups are out, whatever their scores")
    func groups() {
        let scores: [Float] = [3, -9, -9, 2, 2.5, 2.5]
        let groups = { Router.Groups(count: 3, chosen: 1, score: $0) }
        let best = route(scores, perToken: 2, scoring: .sigmoid, groups: groups(.best))
        #expect(best.map(\.expert) == [0, 1])
        let sum = route(scores, perToken: 2, scoring: .sigmoid, groups: groups(.sumOfBestTwo))
        #expect(sum.map(\.expert) == [4, 5])
    }

    @Test("equal scores go to the first expert")
    func ties() {
        #expect(route([1, 1, 1, 1], perToken: 3, scoring: .softmax).map(\.expert) == [0, 1, 2])
    }

    @Test("SparseMixer weighs a choice against close scores only")
    func sparseMixer() {
        // With threshold 0.1 scores within 20 % of the largest are close: 1.9 is to 2, and none to 1.9.
        let chosen = route([0.5, 2, 1.9, -3], perToken: 2, scoring: .sparseMixer(threshold: 0.1))
        #expect(chosen.map(\.expert) == [1, 2])
        #expect(isClose(chosen[0].weight, softmax([2, 1.9])[0]))
        #expect(isClose(chosen[1].weight, 1))
    }

    @Test(
        "no row chooses an expert twice, even where scores are no numbers",
        arguments: [
            Router.Scoring.softmax, .softmaxOfChosen, .sigmoid, .sparseMixer(threshold: 0.01),
        ])
    func brokenScores(_ scoring: Router.Scoring) {
        for scores: [Float] in [
            [.nan, .nan, .nan], [1, .nan, .nan], [-.infinity, -.infinity, 0], [.infinity, 1, .nan],
        ] {
            #expect(Set(route(scores, perToken: 3, scoring: scoring).map(\.expert)).count == 3)
        }
    }
}
