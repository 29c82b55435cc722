/// The logarithm to base 2, by arithmetic alone: equal on every machine.
package enum BinaryLogarithm {
    /// log2 of `value`, within 4 units in the last place or 1e-15, whichever is more.
    ///
    /// The significand is brought next to 1, and ln m = 2 (t + t^3/3 + t^5/5 + ...) with t = (m - 1)/(m + 1)
    /// summed until the terms vanish: t is at most 0.172, so that takes eleven of them.
    ///
    /// - Precondition: positive and finite.
    package static func of(_ value: Double) -> Double {
        precondition(value > 0 && value.isFinite, "logarithm of \(value)")
        var significand = value.significand
        var exponent = Double(value.exponent)
        if significand > 1.414_213_562_373_095_1 {
            significand /= 2
            exponent += 1
        }
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var power = ratio
        var sum = 0.0
        for term in 0..<12 {
            sum += power / Double(2 * term + 1)
            power *= square
        }
        // 2 / ln 2
        return exponent + sum * 2.885_390_081_777_926_8
    }
}
