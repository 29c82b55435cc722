public import ModelFiles

/// An architecture that Sluice runs: its names in model files and how its weights become a graph.
public struct Architecture: Sendable {
    /// Our name, Hugging Face's `model_type`.
    public let name: String
    /// `general.architecture` in GGUF files.
    public let ggufName: String
    /// Binds the weights of a file.
    let graph: @Sendable (WeightSource, Int) throws(ModelFileError) -> ModelGraph

    init(
        name: String, ggufName: String,
        graph: @escaping @Sendable (_ source: WeightSource, _ contextCapacity: Int) throws(ModelFileError) -> ModelGraph
    ) {
        self.name = name
        self.ggufName = ggufName
        self.graph = graph
    }
}

/// Every architecture that Sluice runs; a new one is a file in `Architectures` and a line here.
public enum ArchitectureRegistry {
    public static let all: [Architecture] = [
    ]

    /// Finds the architecture of `file` and binds its weights.
    static func graph(of file: ModelFile, contextCapacity: Int) throws(ModelFileError) -> ModelGraph {
        throw ModelFileError(.missingMetadata(key: "general.architecture"), path: file.path)
    }
}
