/// Experts by a number that says what each is worth; finds the least in any run of layers.
///
/// The worth of every expert lies at its number. The least of every block of 32 experts and of every layer is
/// remembered until it changes, so that a search looks at one number for each layer, and at blocks only where
/// something happened. Allocates: once.
package struct ExpertRanking: ~Copyable {
    private static let absent = Double.infinity
    private static let largestBlockShift = 5

    private var worths: FlatArray<Double>
    /// The expert of least worth in each block, -1 where that has to be looked for.
    private var leastOfBlock: FlatArray<Int32>
    /// The same of each layer, and its worth.
    private var leastOfLayer: FlatArray<Int32>
    private var layerWorths: FlatArray<Double>
    private let shift: Int
    private let layerShift: Int

    package init(_ numbering: ExpertNumbering) {
        shift = min(numbering.shift, Self.largestBlockShift)
        layerShift = numbering.shift
        worths = FlatArray(repeating: Self.absent, count: numbering.count)
        leastOfBlock = FlatArray(repeating: -1, count: numbering.count >> shift)
        leastOfLayer = FlatArray(repeating: -1, count: numbering.layerCount)
        layerWorths = FlatArray(repeating: Self.absent, count: numbering.layerCount)
    }

    /// Whether `expert` is ranked.
    package func contains(_ expert: Int) -> Bool { worths[expert] != Self.absent }

    /// Ranks `expert`, or ranks it anew.
    package mutating func set(_ expert: Int, worth: Double) {
        let rises = worth > worths[expert]
        worths[expert] = worth
        let block = expert >> shift
        let layer = expert >> layerShift
        let first = Int(leastOfBlock[block])
        if first == expert {
            if rises { leastOfBlock[block] = -1 }
        } else if first >= 0, (worth, expert) < (worths[first], first) {
            leastOfBlock[block] = Int32(expert)
        }
        let firstOfLayer = Int(leastOfLayer[layer])
        if firstOfLayer == expert {
            layerWorths[layer] = worth
            if rises { leastOfLayer[layer] = -1 }
        } else if firstOfLayer >= 0, (worth, expert) < (layerWorths[layer], firstOfLayer) {
            leastOfLayer[layer] = Int32(expert)
            layerWorths[layer] = worth
        }
    }

    /// Ranks `expert` no longer.
    package mutating func remove(_ expert: Int) { set(expert, worth: Self.absent) }

    /// Multiplies every worth by a power of two: no order changes, but that of what falls to zero.
    package mutating func scale(by factor: Double) {
        for expert in 0..<worths.count where worths[expert] != Self.absent { worths[expert] *= factor }
        for layer in 0..<layerWorths.count { leastOfLayer[layer] = -1 }
    }

    /// The expert of least `value` in `layers` that need not stay, and that value; -1 where there is none. Of
    /// equals the one with the smallest number.
    ///
    /// - Parameter value: what counts, from a layer and a worth; within a layer it must not fall as the worth
    ///   rises.
    package mutating func least(
        in layers: Range<Int>, sparing protection: borrowing Protection, by value: (Int, Double) -> Double
    ) -> (expert: Int, value: Double) {
        var best = (expert: -1, value: Self.absent)
        for layer in layers {
            if leastOfLayer[layer] < 0 { findLeast(of: layer) }
            var worth = layerWorths[layer]
            if worth == Self.absent { continue }
            var candidate = value(layer, worth)
            if candidate >= best.value { continue }
            var expert = Int(leastOfLayer[layer])
            if protection.covers(expert) {
                expert = search(layer, sparing: protection)
                if expert < 0 { continue }
                worth = worths[expert]
                candidate = value(layer, worth)
                if candidate >= best.value { continue }
            }
            best = (expert, candidate)
        }
        return best
    }

    private func blocks(of layer: Int) -> Range<Int> {
        layer << (layerShift - shift)..<(layer + 1) << (layerShift - shift)
    }

    private mutating func findLeast(of layer: Int) {
        var best = -1
        var worth = Self.absent
        for block in blocks(of: layer) {
            var expert = Int(leastOfBlock[block])
            if expert < 0 {
                expert = search(block)
                leastOfBlock[block] = Int32(expert)
            }
            if worths[expert] < worth || best < 0 { (best, worth) = (expert, worths[expert]) }
        }
        leastOfLayer[layer] = Int32(best)
        layerWorths[layer] = worth
    }

    private func search(_ block: Int) -> Int {
        var best = block << shift
        var worth = worths[best]
        for expert in best + 1..<(block + 1) << shift where worths[expert] < worth {
            best = expert
            worth = worths[expert]
        }
        return best
    }

    /// The least of a layer that need not stay, -1 where there is none.
    private mutating func search(_ layer: Int, sparing protection: borrowing Protection) -> Int {
        var best = -1
        var worth = Self.absent
        for block in blocks(of: layer) {
            if leastOfBlock[block] < 0 { leastOfBlock[block] = Int32(search(block)) }
            let first = Int(leastOfBlock[block])
            if worths[first] >= worth { continue }
            if !protection.covers(first) {
                (best, worth) = (first, worths[first])
                continue
            }
            for expert in block << shift..<(block + 1) << shift
            where worths[expert] < worth && !protection.covers(expert) {
                (best, worth) = (expert, worths[expert])
            }
        }
        return best
    }
}
