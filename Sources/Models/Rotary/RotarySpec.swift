/// How the elements of queries and keys turn with their position: RoPE, arXiv 2104.09864, and its stretched
/// forms.
public struct RotarySpec: Sendable, Equatable {
    /// How frequencies are changed for contexts longer than those of training.
    public enum Scaling: Sendable, Equatable {
        case none
        /// Positions are divided by `factor`: arXiv 2306.15595.
        case linear(factor: Double)
        case yarn(YaRN)
        case llama3(Llama3)
        case longRope(LongRoPE)
    }

    /// Low frequencies are interpolated, high ones kept, those between blended: arXiv 2309.00071.
    public struct YaRN: Sendable, Equatable {
        /// By how much the context is stretched.
        public var factor: Double
        /// Positions that the model was first trained on.
        public var originalContextLength: Double
        /// Full turns within the original context beyond which a frequency is kept.
        public var betaFast: Double = 32
        /// Full turns below which a frequency is divided by `factor`.
        public var betaSlow: Double = 1
        /// Factor on cosines and sines, by which attention scores grow with its square.
        public var attentionFactor: Double
        /// Whether the ends of the blended range are rounded to whole pairs.
        public var truncates = true

        public init(factor: Double, originalContextLength: Double, attentionFactor: Double? = nil) {
            self.factor = factor
            self.originalContextLength = originalContextLength
            self.attentionFactor = attentionFactor ?? Self.magnitude(factor: factor)
        }
    }

    /// Llama 3.1's blend by wavelength.
    public struct Llama3: Sendable, Equatable {
        /// By how much the context is stretched.
        public var factor: Double
        /// Full turns within the original context below which a frequency is divided by `factor`.
        public var lowFrequencyFactor: Double
        /// Full turns beyond which a frequency is kept.
        public var highFrequencyFactor: Double
        /// Positions that the model was first trained on.
        public var originalContextLength: Double

        public init(
            factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double,
            originalContextLength: Double
        ) {
            self.factor = factor
            self.lowFrequencyFactor = lowFrequencyFactor
            self.highFrequencyFactor = highFrequencyFactor
            self.originalContextLength = originalContextLength
        }
    }

    /// A divisor per frequency, one set for sequences within the original context and one beyond: arXiv
    /// 2402.13753.
    public struct LongRoPE: Sendable, Equatable {
        /// One per frequency, for sequences within the original context.
        public var shortDivisors: [Float]
        /// One per frequency, for longer sequences.
        public var longDivisors: [Float]
        /// Factors on cosines and sines.
        public var shortMagnitude: Double
        /// The same beyond the original context.
        public var longMagnitude: Double
        /// Positions beyond which the long divisors hold.
        public var originalContextLength: Int

        public init(
            shortDivisors: [Float], longDivisors: [Float], shortMagnitude: Double, longMagnitude: Double,
            originalContextLength: Int
        ) {
            self.shortDivisors = shortDivisors
            self.longDivisors = longDivisors
            self.shortMagnitude = shortMagnitude
            self.longMagnitude = longMagnitude
            self.originalContextLength = originalContextLength
        }
    }

    /// Elements of a head that turn, even; the rest of the head stays as it is.
    public var rotatedSize: Int
    /// The frequency of pair i is base to the power of -2i / rotatedSize.
    public var base: Double
    /// How frequencies are changed for longer contexts.
    public var scaling: Scaling
    /// True where neighbours (2i, 2i + 1) form a pair, false where (i, i + rotatedSize / 2) do.
    public var interleaves: Bool
    /// A divisor per frequency that the file states as a tensor, applied before the scaling; nil elsewhere.
    public var divisors: [Float]?

    public init(
        rotatedSize: Int, base: Double, scaling: Scaling = .none, interleaves: Bool = false,
        divisors: [Float]? = nil
    ) {
        self.rotatedSize = rotatedSize
        self.base = base
        self.scaling = scaling
        self.interleaves = interleaves
        self.divisors = divisors
    }
}

extension RotarySpec.YaRN {
    /// YaRN's factor on attention for a context stretched by `factor`: 0.1 weight ln(factor) + 1.
    public static func magnitude(factor: Double, weight: Double = 1) -> Double {
        factor <= 1 ? 1 : 0.1 * weight * Logarithm.natural(factor) + 1
    }
}

extension RotarySpec.LongRoPE {
    /// LongRoPE's factor on cosines and sines where the file states none.
    public static func magnitude(factor: Double, originalContextLength: Double) -> Double {
        if factor <= 1 || originalContextLength <= 1 { return 1 }
        return (1 + Logarithm.natural(factor) / Logarithm.natural(originalContextLength)).squareRoot()
    }
}
