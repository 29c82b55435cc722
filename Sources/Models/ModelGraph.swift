public import Kernels

/// A model bound to its weights: what an architecture file produces and a forward step runs.
///
/// Views into the mapped file; whoever holds a graph holds the file too.
public struct ModelGraph: Sendable {
    /// Its sizes.
    public var shape: ModelShape
    /// [vocabularySize, hiddenSize].
    public var embedding: WeightMatrix
    /// Factor on the embedding (Granite); 1 elsewhere.
    public var embeddingScale: Float = 1
    /// In the order in which a row passes them.
    public var layers: [Layer]
    /// The experts of each layer; nil for a dense layer.
    public var experts: [LayerExperts?]
    /// In front of the output.
    public var outputNorm: Norm
    /// vocabularySize outputs, hiddenSize inputs; the embedding again where a model ties them.
    public var output: Linear
    /// Factor on the logits (Granite divides by its logits scaling); 1 elsewhere.
    public var logitScale: Float = 1
    /// Memory of weights that could not be used where they lie in the file; the views of the layers need it.
    public var ownedWeights: [WeightBuffer] = []

    public init(
        shape: ModelShape, embedding: WeightMatrix, layers: [Layer], experts: [LayerExperts?],
        outputNorm: Norm,
        output: Linear
    ) {
        self.shape = shape
        self.embedding = embedding
        self.layers = layers
        self.experts = experts
        self.outputNorm = outputNorm
        self.output = output
    }
}

extension ModelGraph {
    /// Positions beyond which a sequence turns by a second set of rotary frequencies; nil where there is one
    /// set.
    var originalContextLength: Int? {
        layers.lazy.compactMap { $0.mixer.rotary?.originalContextLength }.first
    }
}

/// The sizes of a model in glossary names.
public struct ModelShape: Sendable, Equatable {
    /// Our name of the architecture (`qwen3_moe`).
    public var architecture: String
    /// Layers that a row passes.
    public var layerCount: Int
    /// Width of the residual stream.
    public var hiddenSize: Int
    /// Rows of the embedding, logits of a position.
    public var vocabularySize: Int
    /// Positions the model was made for.
    public var contextLength: Int
    /// Experts in a layer that has some.
    public var expertCount: Int
    /// Experts that a row is sent to in a layer.
    public var expertsPerToken: Int
    /// Inner width of one expert.
    public var expertHiddenSize: Int

    public init(
        architecture: String, layerCount: Int, hiddenSize: Int, vocabularySize: Int, contextLength: Int,
        expertCount: Int,
        expertsPerToken: Int, expertHiddenSize: Int
    ) {
        self.architecture = architecture
        self.layerCount = layerCount
        self.hiddenSize = hiddenSize
        self.vocabularySize = vocabularySize
        self.contextLength = contextLength
        self.expertCount = expertCount
        self.expertsPerToken = expertsPerToken
        self.expertHiddenSize = expertHiddenSize
    }
}
