import Foundation
import Residency
import TestSupport
import Testing

/// Which policy is to be the default.
@Suite("Comparison of the policies", .needsSharedFixtures)
struct PolicyComparisonTests {
    private static let shares = [0.25, 0.5, 0.75]

    /// Hit rates on story and code at each share: first with slots of each layer, then with one pool.
    private func hitRates(_ choice: PolicyChoice) -> [Double] {
        ["demo-story", "demo-code"].compactMap { TraceFixtures.shared[$0] }.flatMap { trace in
            Self.shares.flatMap { share in
                let slots = Int(share * 384)
                let layers = SlotShares.uniform(slots: slots, numbering: trace.numbering)
                return [CacheShape.Pools.perLayer(layers), .global(slots: slots)].map { pools in
                    trace.replay(choice, CacheShape(numbering: trace.numbering, pools: pools)).hitRate
                }
            }
        }
    }

    @Test("the default hits most often on the demo model's traces, over texts, budgets and pools")
    func defaultIsBest() throws {
        var means: [String: Double] = [:]
        for entry in PolicyRegistry.entries {
            let rates = hitRates(entry.choice)
            means[entry.name] = rates.reduce(0, +) / Double(rates.count)
            if Nightly.isOn {
                print(entry.name, rates.map { String(format: "%.3f", $0) }.joined(separator: " "))
            }
        }
        let best = means.max { $0.value < $1.value }
        #expect(best?.key == PolicyRegistry.entries.first?.name, "\(means)")
    }
}
