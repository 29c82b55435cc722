import Kernels

/// A row of activations as the products read it (in 8 bits, in BF16, as it is), computed without the kernels.
struct QuantizedInput {
    /// What the codes stand for, exactly.
    let values: [Double]

    /// Quantizes `row` in blocks as long as the weights of `format` have them.
    init(_ row: [Float], _ format: WeightFormat) {
        guard format.isQuantized else {
            values = row.map { Double(format == .bfloat16 ? Self.bfloat16($0) : $0) }
            return
        }
        var values: [Double] = []
        for first in stride(from: 0, to: row.count, by: format.blockElements) {
            let block = row[first..<first + format.blockElements]
            let largest = block.map(abs).max() ?? 0
            let factor = largest < 0x1p-100 ? 0 : 127 / largest
            let scale = largest < 0x1p-100 ? 0 : largest / 127
            values += block.map { Double(scale) * Double(($0 * factor).rounded(.toNearestOrEven)) }
        }
        self.values = values
    }

    /// The nearer of the two BF16 numbers next to `value`, a finite one, or the even one of both.
    static func bfloat16(_ value: Float) -> Float {
        if value.magnitude < Float.leastNormalMagnitude { return 0 }
        let below = Float(bitPattern: value.bitPattern & 0xffff_0000)
        let above = Float(bitPattern: below.bitPattern + 0x1_0000)
        let (down, up) = (Double(value) - Double(below), Double(above) - Double(value))
        if down.magnitude == up.magnitude { return below.bitPattern & 0x1_0000 == 0 ? below : above }
        return down.magnitude < up.magnitude ? below : above
    }
}

extension WeightFormat {
    /// True where products take their input in 8 bits.
    var isQuantized: Bool { blockElements > 1 }

    /// True where a weight is a scaled code and a min, whose roundings do not cancel when they do.
    var hasMins: Bool { [.q4_1, .q5_1, .q2_K, .q4_K, .q5_K].contains(self) }

    /// Bounds of the terms that each element of a decoded row is the sum of.
    func magnitudes(of row: [Float]) -> [Double] {
        guard hasMins else { return row.map { Double(abs($0)) } }
        // Both terms are at most twice the largest magnitude of the block's values.
        return stride(from: 0, to: row.count, by: blockElements).flatMap { first in
            let largest = row[first..<first + blockElements].map(abs).max() ?? 0
            return Array(repeating: 4 * Double(largest), count: blockElements)
        }
    }
}
