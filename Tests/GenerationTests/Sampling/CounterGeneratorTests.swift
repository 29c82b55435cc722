import Generation
import Testing

@Suite("Counter generator")
struct CounterGeneratorTests {
    /// Source: the known-answer file `kat_vectors` of Random123 1.14, lines `philox4x32 10`.
    static let known: [(counter: SIMD4<UInt32>, seed: UInt64, words: SIMD4<UInt32>)] = [
        (
            SIMD4(0, 0, 0, 0), 0, SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
        ),
        (
            SIMD4(repeating: .max), .max, SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
        ),
        (
            SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), 0x299f_31d0_a409_3822,
            SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
        ),
    ]

    @Test("gives the published values", arguments: 0..<3)
    func publishedValues(index: Int) {
        let (counter, seed, words) = Self.known[index]
        #expect(CounterGenerator(seed: seed).words(counter) == words)
    }

    @Test("draws differ by seed, position and token, and are the same again")
    func keys() {
        var draws: Set<Double> = []
        for seed in 0..<4 {
            for position in [0, 1, 1 << 32] {
                for token in [0, 1, 200_000] {
                    let draw = CounterGenerator(seed: UInt64(seed)).uniform(position: position, token: token)
                    #expect(draw > 0 && draw < 1)
                    #expect(
                        draw == CounterGenerator(seed: UInt64(seed)).uniform(position: position, token: token)
                    )
                    draws.insert(draw)
                }
            }
        }
        #expect(draws.count == 36)
    }

    @Test("Gumbel noise has the mean and the variance of its distribution")
    func gumbelMoments() {
        let generator = CounterGenerator(seed: 3)
        let count = 100_000
        let draws = (0..<count).map { generator.gumbel(position: $0, token: 7) }
        let mean = draws.reduce(0, +) / Double(count)
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        // Euler's constant and pi^2 / 6; five standard errors of 100,000 draws.
        #expect(abs(mean - 0.577216) < 0.021)
        #expect(abs(variance - 1.644934) < 0.055)
        #expect(draws.allSatisfy { $0 < CounterGenerator.largestGumbel })
    }
}
