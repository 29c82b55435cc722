import Residency

/// One direction of a chart: from what to what, how it is spaced, and how its numbers are written.
package struct Axis {
    /// How values become distances.
    package enum Spacing {
        case even
        /// Equal factors are equal distances; the range is positive.
        case logarithmic
    }

    /// How numbers are written.
    package enum Unit {
        case plain
        /// Whole numbers.
        case count
        /// A share of 1 as a percentage.
        case percent
        case bytes

        func text(_ value: Double) -> String {
            switch self {
            case .plain: NumberText.plain(value)
            case .count: NumberText.grouped(Int(value.rounded()))
            case .percent: NumberText.trimmed(NumberText.fixed(value * 100, 1)) + "\u{202F}%"
            case .bytes: NumberText.bytes(value)
            }
        }
    }

    /// What the numbers are.
    let title: String
    /// From the begin to the end.
    package let range: ClosedRange<Double>
    let spacing: Spacing
    let unit: Unit

    /// - Parameter range: taken as it is; one without width gets one.
    package init(_ title: String, _ range: ClosedRange<Double>, spacing: Spacing = .even, unit: Unit = .plain)
    {
        self.title = title
        self.spacing = spacing
        self.unit = unit
        let low = spacing == .logarithmic ? max(range.lowerBound, .leastNormalMagnitude) : range.lowerBound
        let high = max(range.upperBound, low)
        self.range = high > low ? low...high : low...(low == 0 ? 1 : low + low.magnitude)
    }

    /// The axis from 0, or from the least value, to a round number at or above the largest of `values`.
    package static func covering(
        _ title: String, _ values: [Double], spacing: Spacing = .even, unit: Unit = .plain
    ) -> Axis {
        let finite = values.filter { $0.isFinite && (spacing == .even || $0 > 0) }
        guard let most = finite.max(), let least = finite.min() else {
            return Axis(title, spacing == .even ? 0...1 : 1...10, spacing: spacing, unit: unit)
        }
        switch spacing {
        case .even:
            let step = roundStep(max(most, 1e-12) / 4)
            return Axis(
                title, min(0, least)...(most / step).rounded(.up) * step, spacing: spacing, unit: unit)
        case .logarithmic:
            return Axis(title, least...most, spacing: spacing, unit: unit)
        }
    }

    /// Where `value` lies, 0 at the begin and 1 at the end; values beyond are put to the next end.
    package func position(_ value: Double) -> Double {
        let share: Double
        switch spacing {
        case .even: share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        case .logarithmic:
            let low = BinaryLogarithm.of(range.lowerBound)
            let high = BinaryLogarithm.of(range.upperBound)
            share = (BinaryLogarithm.of(max(value, range.lowerBound)) - low) / (high - low)
        }
        return min(max(share.isFinite ? share : 0, 0), 1)
    }

    /// Round values in the range, at most `most` of them.
    package func ticks(_ most: Int) -> [Double] {
        switch spacing {
        case .even: evenTicks(most)
        case .logarithmic: logarithmicTicks(most)
        }
    }

    private func evenTicks(_ most: Int) -> [Double] {
        let least = (range.upperBound - range.lowerBound) / Double(max(most - 1, 1))
        let step = Self.roundStep(least, whole: unit == .count)
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard last >= first, last - first < 1000 else { return [] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    /// Powers of ten, with 2 and 5 times them where there is room.
    private func logarithmicTicks(_ most: Int) -> [Double] {
        for factors in [[1.0, 2, 5], [1, 3], [1]] {
            let found = decades.flatMap { decade in factors.map { $0 * decade } }.filter {
                $0 >= range.lowerBound * 0.999 && $0 <= range.upperBound * 1.001
            }
            if found.count <= most && found.count > 1 { return found }
        }
        let tens = decades.filter { range.contains($0) }
        guard tens.count > most else { return [range.lowerBound, range.upperBound] }
        let every = (tens.count + most - 1) / most
        return stride(from: 0, to: tens.count, by: every).map { tens[$0] }
    }

    private var decades: [Double] {
        var decade = 1.0
        while decade > range.lowerBound && decade > 1e-300 { decade /= 10 }
        while decade * 10 < range.lowerBound { decade *= 10 }
        var result: [Double] = []
        while decade <= range.upperBound && result.count < 620 {
            result.append(decade)
            decade *= 10
        }
        return result
    }

    /// 1, 2, 2.5 or 5 times a power of ten, at least `least`; only whole numbers where asked for.
    static func roundStep(_ least: Double, whole: Bool = false) -> Double {
        guard least.isFinite, least > 1e-300, least < 1e300 else { return 1 }
        if whole && least <= 1 { return 1 }
        var decade = 1.0
        while decade > least { decade /= 10 }
        while decade * 10 <= least { decade *= 10 }
        let factors = whole && decade == 1 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10]
        return factors.map { $0 * decade }.first { $0 >= least * (1 - 1e-9) } ?? decade * 10
    }
}
