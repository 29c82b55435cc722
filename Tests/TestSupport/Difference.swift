/// How far values are from their reference: the measures that tests bound.
public struct Difference: Sendable, CustomStringConvertible {
    /// Largest absolute difference; infinite where the counts differ or one value is no number.
    public let maximum: Double
    /// Where it is; 0 where there are no values.
    public let index: Int
    /// Root of the mean squared difference over the root of the reference's mean square.
    public let relativeRMS: Double

    /// Compares `values` with `reference`, in double precision.
    public init(_ values: [Float], _ reference: [Float]) {
        var (maximum, index) = (values.count == reference.count ? 0 : Double.infinity, 0)
        var (squares, referenceSquares) = (0.0, 0.0)
        for (position, pair) in zip(values, reference).enumerated()
        where pair.0.bitPattern != pair.1.bitPattern {
            let difference = abs(Double(pair.0) - Double(pair.1))
            let bounded = difference.isNaN ? .infinity : difference
            if bounded > maximum { (maximum, index) = (bounded, position) }
            squares += bounded * bounded
        }
        for value in reference { referenceSquares += Double(value) * Double(value) }
        self.maximum = maximum
        self.index = index
        relativeRMS =
            squares == 0 ? 0 : (squares / max(referenceSquares, .leastNonzeroMagnitude)).squareRoot()
    }

    /// Both measures, for a failure's message.
    public var description: String { "max \(maximum) at \(index), relative RMS \(relativeRMS)" }
}
