import Kernels
import ModelFiles

/// Rotary settings: `rope.*` in GGUF, `rope_parameters` or the older `rope_theta` and `rope_scaling`
/// elsewhere.
extension WeightSource {
    /// What an architecture says about its rotary embedding where files leave it open.
    struct RotaryDefaults: Sendable {
        /// Width that partial rotation is a share of.
        var headSize: Int
        var base: Double = 10_000
        /// Share of the head that turns where the file states none.
        var partial: Double = 1
        var interleaves = false
        /// Whether YaRN's range is rounded where the file does not say.
        var truncatesYaRN = true
    }

    /// - Throws: `wrongMetadata` for a scaling that is unknown or whose numbers cannot be, `missingMetadata`
    ///   for one that lacks a number.
    func rotary(_ defaults: RotaryDefaults, contextLength: Int) throws(ModelFileError) -> RotarySpec {
        let rotatedSize = try rotatedSize(defaults)
        let baseName = FileName(
            gguf: ["rope.freq_base"], huggingFace: ["rope_parameters.rope_theta", "rope_theta"])
        let base = try real(baseName, in: 1.001...1e15) ?? defaults.base
        var spec = RotarySpec(rotatedSize: rotatedSize, base: base, interleaves: defaults.interleaves)
        let scaling = RotaryScaling(
            source: self, pairs: rotatedSize / 2, contextLength: contextLength,
            truncatesYaRN: defaults.truncatesYaRN)
        spec.divisors = try scaling.divisors("rope_freqs.weight")
        spec.scaling = try scaling.read()
        return spec
    }

    /// The table that all layers of a model share.
    func rotaryTable(
        _ sizes: TransformerSizes, base: Double = 10_000, partial: Double = 1, interleaves: Bool = false,
        positions: Int
    ) throws(ModelFileError) -> RotaryTable {
        let defaults = RotaryDefaults(
            headSize: sizes.headSize, base: base, partial: partial, interleaves: interleaves)
        return RotaryTable(
            spec: try rotary(defaults, contextLength: sizes.contextLength), positions: positions)
    }

    /// Sixteen times the widest rotation of today's models: tables are allocated before any tensor is seen.
    private static let maximumRotatedSize = 1 << 12

    private func rotatedSize(_ defaults: RotaryDefaults) throws(ModelFileError) -> Int {
        let name = FileName(gguf: ["rope.dimension_count"], huggingFace: [])
        let partialName = FileName(
            gguf: [], huggingFace: ["rope_parameters.partial_rotary_factor", "partial_rotary_factor"])
        let partial = try real(partialName, in: 0...1) ?? defaults.partial
        let stated = try count(name, in: 2...max(2, defaults.headSize))
        let size = stated ?? Int(Double(defaults.headSize) * partial)
        guard size >= 2, size % 2 == 0, size <= min(defaults.headSize, Self.maximumRotatedSize) else {
            throw invalid(
                stated != nil ? name : isGGUF ? .headSize : partialName, found: "\(size) elements",
                expected:
                    "an even number of a head's \(defaults.headSize), at most \(Self.maximumRotatedSize)")
        }
        return size
    }
}

/// Reads the scaling of one file.
private struct RotaryScaling {
    let source: WeightSource
    let pairs: Int
    let contextLength: Int
    let truncatesYaRN: Bool

    private static let lengths = 1.0...1e12
    private static let factors = 1e-6...1e6

    /// A key below the scaling's settings.
    private func name(_ gguf: String, _ huggingFace: String) -> FileName {
        FileName(
            gguf: gguf.isEmpty ? [] : ["rope.scaling.\(gguf)"],
            huggingFace: ["rope_parameters.\(huggingFace)", "rope_scaling.\(huggingFace)"])
    }

    private var typeName: FileName {
        FileName(
            gguf: ["rope.scaling.type"],
            huggingFace: [
                "rope_parameters.rope_type", "rope_scaling.rope_type", "rope_parameters.type",
                "rope_scaling.type",
            ])
    }

    private var factorName: FileName { name("factor", "factor") }

    func read() throws(ModelFileError) -> RotarySpec.Scaling {
        // GGUF files of LongRoPE models may name no type: their tensors say it.
        if let long = try ggufLongRoPE() { return .longRope(long) }
        let factor = try source.real(factorName, in: Self.factors)
        switch try source.string(typeName) {
        // Dynamic scaling changes nothing within the context that the model was made for.
        case "default"?, "none"?, "dynamic"?: return .none
        case nil: return factor.map { $0 == 1 ? .none : .linear(factor: $0) } ?? .none
        case "linear"?: return .linear(factor: try source.requireReal(factorName, in: Self.factors))
        case "yarn"?: return .yarn(try yarn(factor: factor))
        case "llama3"?: return .llama3(try llama3())
        case "longrope"?, "su"?: return .longRope(try longRoPE(factor: factor))
        case let other?:
            throw source.invalid(
                typeName, found: other, expected: "default, linear, dynamic, yarn, llama3 or longrope")
        }
    }

    private func originalContextLength() throws(ModelFileError) -> Double {
        let name = FileName(
            gguf: ["rope.scaling.original_context_length"],
            huggingFace: [
                "original_max_position_embeddings", "rope_parameters.original_max_position_embeddings",
                "rope_scaling.original_max_position_embeddings",
            ])
        return try source.real(name, in: Self.lengths) ?? Double(contextLength)
    }

    private func yarn(factor: Double?) throws(ModelFileError) -> RotarySpec.YaRN {
        let original = try originalContextLength()
        let factor = factor ?? Double(contextLength) / original
        var yarn = RotarySpec.YaRN(factor: factor, originalContextLength: original)
        yarn.attentionFactor = try attentionFactor(factor: factor)
        let beta = 1e-3...1e6
        yarn.betaFast = try nonZero(name("yarn_beta_fast", "beta_fast"), in: beta) ?? 32
        yarn.betaSlow = try nonZero(name("yarn_beta_slow", "beta_slow"), in: beta) ?? 1
        yarn.truncates = try source.boolean(name("", "truncate")) ?? truncatesYaRN
        return yarn
    }

    /// A number of which 0 means the default.
    private func nonZero(_ name: FileName, in range: ClosedRange<Double>) throws(ModelFileError) -> Double? {
        if try source.real(name) == 0 { return nil }
        return try source.real(name, in: range)
    }

    private func attentionFactor(factor: Double) throws(ModelFileError) -> Double {
        let stated = try source.real(
            FileName(
                gguf: ["rope.scaling.yarn_attn_factor", "rope.scaling.attn_factor"],
                huggingFace: ["rope_parameters.attention_factor", "rope_scaling.attention_factor"]),
            in: Self.factors)
        let magnitude = RotarySpec.YaRN.magnitude(factor: factor)
        // GGUF's factor multiplies YaRN's own, Hugging Face's replaces it.
        if source.isGGUF { return (stated ?? 1) * magnitude }
        if let stated { return stated }
        let limits = 0.0...1e3
        let weight = try source.real(name("", "mscale"), in: limits) ?? 0
        let weightOfAll = try source.real(name("", "mscale_all_dim"), in: limits) ?? 0
        if weight == 0 || weightOfAll == 0 { return magnitude }
        return RotarySpec.YaRN.magnitude(factor: factor, weight: weight)
            / RotarySpec.YaRN.magnitude(factor: factor, weight: weightOfAll)
    }

    private func llama3() throws(ModelFileError) -> RotarySpec.Llama3 {
        let low = try source.requireReal(name("", "low_freq_factor"), in: Self.factors)
        let highName = name("", "high_freq_factor")
        let high = try source.requireReal(highName, in: Self.factors)
        guard high > low else {
            throw source.invalid(highName, found: "\(high)", expected: "more than \(low)")
        }
        return RotarySpec.Llama3(
            factor: try source.requireReal(factorName, in: Self.factors), lowFrequencyFactor: low,
            highFrequencyFactor: high, originalContextLength: try originalContextLength())
    }

    private func longRoPE(factor: Double?) throws(ModelFileError) -> RotarySpec.LongRoPE {
        let original = try originalContextLength()
        let stretch = factor ?? Double(contextLength) / original
        let computed = RotarySpec.LongRoPE.magnitude(factor: stretch, originalContextLength: original)
        let common = try source.real(name("attn_factor", "attention_factor"), in: Self.factors) ?? computed
        return RotarySpec.LongRoPE(
            shortDivisors: try divisors(name("", "short_factor")),
            longDivisors: try divisors(name("", "long_factor")),
            shortMagnitude: try source.real(name("", "short_mscale"), in: Self.factors) ?? common,
            longMagnitude: try source.real(name("", "long_mscale"), in: Self.factors) ?? common,
            originalContextLength: Int(original))
    }

    private func ggufLongRoPE() throws(ModelFileError) -> RotarySpec.LongRoPE? {
        guard source.isGGUF, let short = try divisors("rope_factors_short.weight"),
            let long = try divisors("rope_factors_long.weight")
        else { return nil }
        let magnitude = try source.real(name("attn_factor", ""), in: Self.factors) ?? 1
        return RotarySpec.LongRoPE(
            shortDivisors: short, longDivisors: long, shortMagnitude: magnitude, longMagnitude: magnitude,
            originalContextLength: Int(try originalContextLength()))
    }

    /// The divisors that a GGUF tensor holds, or nil where the file has no such tensor.
    func divisors(_ tensor: String) throws(ModelFileError) -> [Float]? {
        let name = FileName(gguf: [tensor], huggingFace: [])
        guard let vector = try source.vectorIfPresent(name, count: pairs) else { return nil }
        let values = (0..<pairs).map { vector[$0] }
        guard values.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw source.invalid(
                name, found: "a divisor that is zero, negative or not finite", expected: "positive divisors")
        }
        return values
    }

    /// The divisors that a configuration lists.
    private func divisors(_ name: FileName) throws(ModelFileError) -> [Float] {
        let values = try source.reals(name) ?? []
        guard values.count == pairs, values.allSatisfy({ Self.factors.contains($0) }) else {
            throw source.invalid(
                name, found: "\(values.count) numbers", expected: "\(pairs) positive numbers")
        }
        return values.map { Float($0) }
    }
}
