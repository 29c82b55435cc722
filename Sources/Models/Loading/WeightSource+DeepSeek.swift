import Kernels
import ModelFiles

/// How a DeepSeek model's router chooses: what its two generations differ in.
struct DeepSeekRouting: Sendable {
    let scoring: Router.Scoring
    let groups: Router.Groups?
    let normalizesWeights: Bool
    /// Whether the choice has a correction per expert.
    let hasChoiceBias: Bool
}

extension WeightSource {
    /// The graph of a DeepSeek model: latent attention, leading dense layers, then experts with shared ones
    /// beside them.
    ///
    /// - Throws: `ModelFileError` naming the key or tensor.
    func deepSeekGraph(
        architecture: String, experts: ExpertSizes, routing: DeepSeekRouting, contextCapacity: Int
    ) throws(ModelFileError) -> ModelGraph {
        let sizes = try transformerSizes()
        let attention = try LatentAttentionReader(
            source: self, headCount: sizes.headCount, hiddenSize: sizes.hiddenSize,
            contextLength: sizes.contextLength, contextCapacity: contextCapacity)
        let denseLayers = try count(.leadingDenseLayers) ?? 0
        let sharedSize = try sharedExpertSize(experts)
        return try graph(architecture: architecture, sizes: sizes, experts: experts) {
            names throws(ModelFileError) in
            let mixer = Mixer.latentAttention(try attention.layer(names))
            if names.index < denseLayers {
                let inner = try requireCount(.denseHiddenSize)
                let dense = try denseNetwork(names, hiddenSize: sizes.hiddenSize, innerSize: inner)
                return try layer(names, sizes: sizes, mixer: mixer, feedForward: .dense(dense), experts: nil)
            }
            let router = try deepSeekRouter(names, sizes: sizes, experts: experts, routing: routing)
            let shared =
                sharedSize == 0
                ? nil : try sharedExpert(names, hiddenSize: sizes.hiddenSize, innerSize: sharedSize)
            return try layer(
                names, sizes: sizes, mixer: mixer,
                feedForward: .experts(MixtureOfExperts(router: router, sharedExpert: shared)),
                experts: try self.experts(names, hiddenSize: sizes.hiddenSize, sizes: experts))
        }
    }

    private func deepSeekRouter(
        _ names: LayerNames, sizes: TransformerSizes, experts: ExpertSizes, routing: DeepSeekRouting
    ) throws(ModelFileError) -> Router {
        let biasName = names(["exp_probs_b.bias", "exp_probs_b"], ["mlp.gate.e_score_correction_bias"])
        // GGUF says 0 where there is no factor.
        let stated = try real(.expertWeightScale, in: 0...1e6) ?? 1
        return Router(
            linear: try router(names, sizes: sizes, experts: experts),
            expertsPerToken: experts.expertsPerToken,
            scoring: routing.scoring,
            choiceBias: routing.hasChoiceBias
                ? try vectorIfPresent(biasName, count: experts.expertCount) : nil,
            groups: routing.groups, normalizesWeights: routing.normalizesWeights,
            weightScale: isGGUF && stated == 0 ? 1 : Float(stated))
    }

    /// The width of all shared experts together; 0 where a model has none.
    private func sharedExpertSize(_ experts: ExpertSizes) throws(ModelFileError) -> Int {
        // So many would be wider than any layer; the product stays far below an Int's bound.
        let count = try count(.sharedExpertCount, in: 0...1 << 16) ?? 0
        return count * experts.expertHiddenSize
    }
}
