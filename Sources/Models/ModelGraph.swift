public import Kernels

/// A model bound to its weights: what an architecture file produces and a forward step runs.
///
/// Views into the mapped file; whoever holds a graph holds the file too.
public struct ModelGraph: Sendable {
    public var shape: ModelShape
    /// [vocabularySize, hiddenSize].
    public var embedding: WeightMatrix
    /// Factor on the embedding (Granite); 1 elsewhere.
    public var embeddingScale: Float = 1
    public var layers: [Layer]
    /// The experts of each layer; nil for a dense layer.
    public var experts: [MappedExperts.LayerExperts?]
    public var outputNorm: Norm
    /// vocabularySize outputs, hiddenSize inputs; the embedding again where a model ties them.
    public var output: Linear
    /// Factor on the logits (Granite divides by its logits scaling); 1 elsewhere.
    public var logitScale: Float = 1
    /// Memory of weights that could not be used where they lie in the file; the views of the layers need it.
    public var ownedWeights: [WeightBuffer] = []

    public init(
        shape: ModelShape, embedding: WeightMatrix, layers: [Layer], experts: [MappedExperts.LayerExperts?],
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
    /// Positions beyond which a sequence turns by a second set of rotary frequencies; nil where there is one set.
    var originalContextLength: Int? {
        layers.lazy.compactMap { $0.mixer.rotary?.originalContextLength }.first
    }
}

/// The sizes of a model in glossary names.
public struct ModelShape: Sendable, Equatable {
    /// Our name of the architecture (`qwen3_moe`).
    public var architecture: String
    public var layerCount: Int
    public var hiddenSize: Int
    public var vocabularySize: Int
    /// Positions the model was made for.
    public var contextLength: Int
    public var expertCount: Int
    public var expertsPerToken: Int
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
