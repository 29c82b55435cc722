import Kernels
import ModelFiles

/// A layer with its experts, as an architecture reads it.
struct LoadedLayer {
    let layer: Layer
    /// Nil for a dense layer.
    let experts: MappedExperts.LayerExperts?
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
        experts: MappedExperts.LayerExperts?, residualScale: Float = 1, centersNorms: Bool = false,
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
