import Kernels
import Models
import TestSupport
import Testing

@Suite("Expert order")
struct ExpertOrderTests {
    @Test("lists for every expert the choices that fell on it, ascending", arguments: UInt64(0)..<50)
    func matchesBruteForce(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let expertCount = Int.random(in: 1...9, using: &generator)
        let perToken = Int.random(in: 1...min(expertCount, 4), using: &generator)
        let capacity = 20
        let routing = Routing(capacity: capacity, expertsPerToken: perToken)
        let order = ExpertOrder(expertCount: expertCount, capacity: capacity * perToken)
        // One order for several steps: what one leaves behind would show in the next.
        for _ in 0..<4 {
            let rows = Int.random(in: 0...capacity, using: &generator)
            let chosen = (0..<rows).flatMap { _ in
                (0..<expertCount).shuffled(using: &generator).prefix(perToken)
            }
            routing.begin(rows: rows)
            for (choice, expert) in chosen.enumerated() {
                routing.set(row: choice / perToken, rank: choice % perToken, expert: expert, weight: 1)
            }
            order.sort(routing)
            for expert in 0..<expertCount {
                let places = Array(order.choices(of: expert))
                let expected = chosen.indices.filter { chosen[$0] == expert }
                #expect(expected.map { order.positions[$0] } == places)
                #expect(expected.map { $0 / perToken } == places.map { order.rows[$0] })
            }
        }
    }
}
