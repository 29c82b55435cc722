import Generation
import Testing

@Suite("Advice on threads")
struct ThreadAdviceTests {
    /// Speeds of decode in GB/s and of prefill in GFLOP/s by number of threads.
    static func advice(_ speeds: [(Int, Double, Double)], defaultThreads: Int) -> ThreadAdvice {
        ThreadAdvice(
            speeds: speeds.map {
                ThreadSpeed(
                    threads: $0.0, decodeBytesPerSecond: $0.1 * 1e9, prefillOperationsPerSecond: $0.2 * 1e9)
            }, defaultThreads: defaultThreads)
    }

    @Test("names the fastest, and what its neighbours lose")
    func fastest() {
        let advice = Self.advice([(1, 20, 50), (2, 40, 100), (4, 35.2, 90), (8, 20, 80)], defaultThreads: 4)
        #expect(advice.decodeThreads == 2 && advice.prefillThreads == 2)
        #expect(
            advice.lines == [
                "--threads 2: decode is fastest with 2; 1 thread loses 50 %; 4 threads lose 12 %"
            ])
    }

    @Test("prefers fewer threads where more gain nothing beyond noise, and says what the prompt wants")
    func fewest() {
        let advice = Self.advice([(1, 30, 50), (2, 40, 100), (4, 41, 200)], defaultThreads: 4)
        #expect(
            advice.lines == [
                "--threads 2: decode is fastest with 2; 1 thread loses 25 %; 4 threads are no faster",
                "--threads-batch 4 (the default): the prompt is fastest with 4; 2 threads lose 50 %",
            ])
    }

    @Test("a single number of threads needs no comparison")
    func single() {
        let advice = Self.advice([(1, 30, 50)], defaultThreads: 1)
        #expect(advice.lines == ["--threads 1 (the default): decode is fastest with 1"])
    }

    @Test("is measured at powers of two, at the default and at all processors")
    func counts() {
        #expect(ThreadProbe.counts(logical: 1, recommended: 1) == [1])
        #expect(ThreadProbe.counts(logical: 2, recommended: 2) == [1, 2])
        #expect(ThreadProbe.counts(logical: 20, recommended: 6) == [1, 2, 4, 6, 8, 16, 20])
    }
}
