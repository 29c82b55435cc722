import Foundation
import Residency

/// The committed values of statistics, and the traces that they are of.
enum StatisticsFixtures {
    /// What the independent computation found of a trace.
    struct Expected: Decodable, Sendable {
        let tokens: Int
        let sequences: Int
        let choices: Int
        let popularity: [Popularity]
        let reuse: [Reuse]
        let demand: [Demand]
        let overlap: Overlap
        /// Of all layers but the first.
        let association: [Association]

        struct Popularity: Decodable, Sendable {
            let uses: [Int]
            /// Shares of the most used eighth, quarter and half.
            let top: [Double]
            let entropy: Double
        }

        struct Reuse: Decodable, Sendable {
            let first: Int
            let tokens: [Int]
            let experts: [Int]
        }

        struct Demand: Decodable, Sendable {
            let tokens: Int
            let windows: Int
            let mean: Double
            let most: Int
            let layers: [Double]
        }

        struct Overlap: Decodable, Sendable {
            let pairs: Int
            let share: [Double]
            let chance: [Double]
        }

        struct Association: Decodable, Sendable {
            let choices: Int
            let recall: Double
            let popularity: Double
        }
    }

    static let names = ["zipf", "shifting", "single", "loop", "demo-story", "demo-code"]

    static let expected: [String: Expected] = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<2 { folder.deleteLastPathComponent() }
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("Fixtures/statistics.json"))
        else { return [:] }
        return (try? JSONDecoder().decode([String: Expected].self, from: data)) ?? [:]
    }()

    /// The trace of that name as the library holds it; nil where this machine has none.
    static func trace(_ name: String) -> Residency.RoutingTrace? {
        guard let events = TraceFixtures.synthetic[name] ?? TraceFixtures.shared[name] else { return nil }
        let layers = events.numbering.layerCount
        let shape = TraceShape(
            numbering: events.numbering, expertsPerToken: events.events.map(\.experts.count).max() ?? 1)
        var trace = Residency.RoutingTrace(shape: shape, hasWeights: false)
        var sequence: UInt32 = 0
        for first in stride(from: 0, to: events.events.count, by: layers) {
            let row = events.events[first..<first + layers]
            let number = UInt32(first / layers)
            if first > 0 && row[first].startsSequence { sequence += 1 }
            trace.append(
                TraceRow(sequence: sequence, position: number, step: number, token: nil, phase: .decode),
                experts: row.flatMap(\.experts))
        }
        return trace
    }
}
