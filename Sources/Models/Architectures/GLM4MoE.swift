import Kernels
import ModelFiles

/// GLM-4.5: leading dense layers, sigmoid scores with a bias on the choice, a shared expert, half of each
/// head turned.
///
/// Source: arXiv 2508.06471 and transformers' `glm4_moe`.
enum GLM4MoE {
    static let architecture = Architecture(name: "glm4_moe", ggufName: "glm4moe", graph: graph)

    @Sendable
    private static func graph(_ source: WeightSource, positions: Int) throws(ModelFileError) -> ModelGraph {
        let sizes = try source.transformerSizes()
        let experts = try source.expertSizes()
        let rotary = try source.rotaryTable(sizes, partial: 0.5, positions: positions)
        let denseLayers = try source.count(.leadingDenseLayers) ?? 0
        let sharedCount = try source.count(.sharedExpertCount, in: 0...1024) ?? 1
        let normsHeads = try source.boolean(FileName(gguf: [], huggingFace: ["use_qk_norm"])) ?? source.isGGUF
        let choice = try Choice(source, experts: experts)
        return try source.graph(architecture: architecture.name, sizes: sizes, experts: experts) {
            (names: LayerNames) throws(ModelFileError) in
            var attention = try source.attention(names, sizes: sizes, rotary: rotary)
            // Of the GGUF files only the larger model's have these norms.
            if normsHeads, !source.isGGUF || source.find(names(["attn_q_norm.weight"], [])) != nil {
                let norms = try source.queryKeyNorms(
                    names, queryWidth: sizes.headSize, keyWidth: sizes.headSize, epsilon: sizes.epsilon)
                attention.queryNorm = norms.query
                attention.keyNorm = norms.key
            }
            if names.index < denseLayers {
                return try source.denseLayer(names, sizes: sizes, attention: attention)
            }
            let sharedSize = sharedCount * experts.expertHiddenSize
            let mixture = MixtureOfExperts(
                router: try choice.router(source, names, sizes: sizes),
                sharedExpert: sharedCount == 0
                    ? nil
                    : try source.sharedExpert(names, hiddenSize: sizes.hiddenSize, innerSize: sharedSize))
            return try source.expertLayer(
                names, sizes: sizes, attention: attention, mixture: mixture, experts: experts)
        }
    }

    /// What all routers of a model have in common.
    private struct Choice {
        let experts: ExpertSizes
        let groups: Router.Groups?
        let normalizes: Bool
        let scale: Float

        init(_ source: WeightSource, experts: ExpertSizes) throws(ModelFileError) {
            self.experts = experts
            groups = try source.expertGroups(experts, score: .sumOfBestTwo)
            normalizes = try source.boolean(.normalizesExpertWeights) ?? true
            scale = Float(try source.real(.expertWeightScale, in: -1e6...1e6) ?? 1)
            let scoringName = FileName(gguf: ["expert_gating_func"], huggingFace: [])
            // 2 is the sigmoid.
            if let scoring = try source.count(scoringName), scoring != 2 {
                throw source.invalid(scoringName, found: "\(scoring)", expected: "2, the sigmoid")
            }
        }

        func router(
            _ source: WeightSource, _ names: LayerNames, sizes: TransformerSizes
        ) throws(ModelFileError) -> Router {
            let biasName = names(
                ["exp_probs_b.bias", "exp_probs_b"], ["mlp.gate.e_score_correction_bias"])
            return Router(
                linear: try source.router(names, sizes: sizes, experts: experts),
                expertsPerToken: experts.expertsPerToken, scoring: .sigmoid,
                choiceBias: try source.vector(biasName, count: experts.expertCount), groups: groups,
                normalizesWeights: normalizes, weightScale: scale)
        }
    }
}
