import Residency
import TestSupport
import Testing

/// What a request costs, by policy: a replay asks a million events of eight experts of twelve policies at
/// twenty budgets, in a minute on two cores, which is 60 ns a request. The bound leaves room for a busy
/// machine.
@Suite("Replay speed", .serialized, .nightlyOnly, .tags(.nightly))
struct ReplaySpeedTests {
    /// 48 layers of 128 experts, 8 of them chosen: skewed, and half of the choices those of the token before.
    private static let trace: RoutingTrace = {
        var generator = SeededGenerator(seed: 5)
        var trace = RoutingTrace(numbering: ExpertNumbering(layerCount: 48, expertCount: 128))
        var last = [[UInt16]](repeating: [], count: 48)
        for tick in 0..<1000 {
            for layer in 0..<48 {
                var chosen = last[layer].filter { _ in Bool.random(using: &generator) }
                while chosen.count < 8 {
                    // The square of a uniform number: the first experts are chosen most.
                    let uniform = Double.random(in: 0..<1, using: &generator)
                    let expert = UInt16((Int(uniform * uniform * 128) + layer * 37) % 128)
                    if !chosen.contains(expert) { chosen.append(expert) }
                }
                last[layer] = chosen
                trace.events.append(.init(tick: tick, layer: layer, experts: chosen))
            }
        }
        return trace
    }()

    @Test("a request costs at most 100 ns, in the mean over policies and shapes")
    func speed() {
        let trace = Self.trace
        let requests = Double(trace.requests)
        let clock = ContinuousClock()
        let shapes = [0.1, 0.25, 0.5, 0.75].flatMap { share in
            let slots = Int(share * 48 * 128)
            return [
                CacheShape(
                    numbering: trace.numbering,
                    pools: .perLayer(SlotShares.uniform(slots: slots, numbering: trace.numbering))),
                CacheShape(numbering: trace.numbering, pools: .global(slots: slots)),
            ]
        }
        print("ns per request (hit rate), 10 25 50 75 % of slots, per layer and global")
        var sum = 0.0
        for entry in PolicyRegistry.entries {
            var line = entry.name
            for shape in shapes {
                var hitRate = 0.0
                var least = Duration.seconds(1000)
                for _ in 0..<3 {
                    least = min(least, clock.measure { hitRate = trace.replay(entry.choice, shape).hitRate })
                }
                let nanoseconds =
                    Double(least.components.attoseconds) / 1e9 / requests
                    + Double(least.components.seconds) * 1e9 / requests
                sum += nanoseconds
                line += "  \(Int(nanoseconds.rounded())) (\(Int((hitRate * 100).rounded())))"
            }
            print(line)
        }
        #expect(sum / Double(PolicyRegistry.entries.count * shapes.count) <= 100)
    }
}
