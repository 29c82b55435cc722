import Kernels
import ModelFiles

/// A layer with its experts, as an architecture reads it.
struct LoadedLayer {
    let layer: Layer
    /// Nil for a dense layer.
    let experts: LayerExperts?
}

extension WeightSource {
    /// The matrix that scores experts.
    func router(
        _ names: LayerNames, sizes: TransformerSizes, experts: ExpertSizes
    ) throws(ModelFileError) -> Linear {
        try linear(names.router, outputs: experts.expertCount, inputs: sizes.hiddenSize)
    }

    /// A layer between its two norms.
    ///
    /// - Parameter experts: empty for a dense layer.
    func layer(
        _ names: LayerNames, sizes: TransformerSizes, mixer: Mixer, feedForward: FeedForward,
        experts: LayerExperts?, residualScale: Float = 1, centersNorms: Bool = false,
        normWeightOffset: Float = 0
    ) throws(ModelFileError) -> LoadedLayer {
        func norm(_ name: FileName) throws(ModelFileError) -> Norm {
            try self.norm(
                name, size: sizes.hiddenSize, epsilon: sizes.epsilon, centers: centersNorms,
                weightOffset: normWeightOffset)
        }
        return LoadedLayer(
            layer: Layer(
                mixerNorm: try norm(names.mixerNorm), mixer: mixer,
                feedForwardNorm: try norm(names.feedForwardNorm),
                feedForward: feedForward, residualScale: residualScale),
            experts: experts)
    }

    /// A layer of attention and a mixture of experts.
    func expertLayer(
        _ names: LayerNames, sizes: TransformerSizes, attention: GroupedQueryAttention,
        mixture: MixtureOfExperts,
        experts: ExpertSizes, residualScale: Float = 1, centersNorms: Bool = false
    ) throws(ModelFileError) -> LoadedLayer {
        try layer(
            names, sizes: sizes, mixer: .attention(attention), feedForward: .experts(mixture),
            experts: try self.experts(names, hiddenSize: sizes.hiddenSize, sizes: experts),
            residualScale: residualScale, centersNorms: centersNorms)
    }

    /// A layer of attention and one dense network, as some models have among their layers of experts.
    func denseLayer(
        _ names: LayerNames, sizes: TransformerSizes, attention: GroupedQueryAttention
    ) throws(ModelFileError) -> LoadedLayer {
        let network = try denseNetwork(
            names, hiddenSize: sizes.hiddenSize, innerSize: try requireCount(.denseHiddenSize))
        return try layer(
            names, sizes: sizes, mixer: .attention(attention), feedForward: .dense(network), experts: nil)
    }

    /// The graph of a model: embedding, the layers that `layer` reads, norm and output.
    func graph(
        architecture: String, sizes: TransformerSizes, experts: ExpertSizes, centersNorms: Bool = false,
        normWeightOffset: Float = 0, layer: (LayerNames) throws(ModelFileError) -> LoadedLayer
    ) throws(ModelFileError) -> ModelGraph {
        let embedding = try embedding(hiddenSize: sizes.hiddenSize)
        var layers: [LoadedLayer] = []
        for index in 0..<sizes.layerCount { layers.append(try layer(LayerNames(index))) }
        return ModelGraph(
            shape: ModelShape(
                architecture: architecture, layerCount: sizes.layerCount, hiddenSize: sizes.hiddenSize,
                vocabularySize: embedding.rows, contextLength: sizes.contextLength,
                expertCount: experts.expertCount,
                expertsPerToken: experts.expertsPerToken, expertHiddenSize: experts.expertHiddenSize),
            embedding: embedding, layers: layers.map(\.layer), experts: layers.map(\.experts),
            outputNorm: try outputNorm(
                size: sizes.hiddenSize, epsilon: sizes.epsilon, centers: centersNorms,
                weightOffset: normWeightOffset),
            output: try output(embedding: embedding))
    }
}
