#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The natural logarithm where nothing else of the C library is needed.
enum Logarithm {
    static func natural(_ value: Double) -> Double { log(value) }
}

extension RotarySpec {
    /// Angle per position and factor on cosines and sines for one length class of sequences.
    struct Frequencies: Sendable, Equatable {
        /// One per pair, in radians per position.
        let angles: [Float]
        let magnitude: Float
    }

    /// - Parameter isLong: whether the sequence outgrows the original context; matters for LongRoPE only.
    func frequencies(isLong: Bool = false) -> Frequencies {
        // Float32 step by step, as the reference computes them: at long contexts the angles' last bits are
        // visible.
        let pairs = rotatedSize / 2
        var angles = (0..<pairs).map { 1 / powf(Float(base), Float(2 * $0) / Float(rotatedSize)) }
        if let divisors { for pair in 0..<pairs { angles[pair] /= divisors[pair] } }
        switch scaling {
        case .none:
            return Frequencies(angles: angles, magnitude: 1)
        case .linear(let factor):
            return Frequencies(angles: angles.map { $0 / Float(factor) }, magnitude: 1)
        case .yarn(let yarn):
            return Frequencies(angles: blend(angles, yarn), magnitude: Float(yarn.attentionFactor))
        case .llama3(let llama):
            return Frequencies(angles: angles.map { Self.blend($0, llama) }, magnitude: 1)
        case .longRope(let long):
            let divisors = isLong ? long.longDivisors : long.shortDivisors
            for pair in 0..<pairs {
                angles[pair] = 1 / (divisors[pair] * powf(Float(base), Float(2 * pair) / Float(rotatedSize)))
            }
            return Frequencies(
                angles: angles, magnitude: Float(isLong ? long.longMagnitude : long.shortMagnitude))
        }
    }

    /// YaRN: from kept (high frequencies, first pairs) over a linear ramp to divided by the factor.
    private func blend(_ angles: [Float], _ yarn: YaRN) -> [Float] {
        func pair(turns: Double) -> Double {
            Double(rotatedSize) * log(yarn.originalContextLength / (turns * 2 * Double.pi)) / (2 * log(base))
        }
        var low = pair(turns: yarn.betaFast)
        var high = pair(turns: yarn.betaSlow)
        if yarn.truncates {
            low = low.rounded(.down)
            high = high.rounded(.up)
        }
        low = max(low, 0)
        high = min(high, Double(rotatedSize - 1))
        // The reference's guard against a range of no width.
        if low == high { high += 0.001 }
        return angles.enumerated().map { pair, angle in
            let ramp = min(max((Float(pair) - Float(low)) / Float(high - low), 0), 1)
            let kept = 1 - ramp
            return angle / Float(yarn.factor) * (1 - kept) + angle * kept
        }
    }

    /// Llama 3: kept below one wavelength, divided above another, blended between.
    private static func blend(_ angle: Float, _ llama: Llama3) -> Float {
        let wavelength = 2 * Double.pi / Double(angle)
        if wavelength < llama.originalContextLength / llama.highFrequencyFactor { return angle }
        let divided = angle / Float(llama.factor)
        if wavelength > llama.originalContextLength / llama.lowFrequencyFactor { return divided }
        let turns = llama.originalContextLength / wavelength
        let smooth = Float(
            (turns - llama.lowFrequencyFactor) / (llama.highFrequencyFactor - llama.lowFrequencyFactor))
        return (1 - smooth) * divided + smooth * angle
    }
}
