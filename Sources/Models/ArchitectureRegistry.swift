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
        graph:
            @escaping @Sendable (_ source: WeightSource, _ contextCapacity: Int) throws(ModelFileError) ->
            ModelGraph
    ) {
        self.name = name
        self.ggufName = ggufName
        self.graph = graph
    }
}

/// Every architecture that Sluice runs; a new one is a file in `Architectures` and a line here.
public enum ArchitectureRegistry {
    /// What Sluice runs, by name.
    public static let all: [Architecture] = [
        Mixtral.architecture,
        Qwen2MoE.architecture,
        Qwen3MoE.architecture,
        OLMoE.architecture,
        PhiMoE.architecture,
        GraniteMoE.architecture,
        GLM4MoE.architecture,
        DeepSeek2.architecture,
        DeepSeek3.architecture,
        GPTOSS.architecture,
        Qwen3Next.architecture,
    ]

    /// The architecture of `file`.
    ///
    /// - Throws: `missingMetadata` where the file names none, `wrongMetadata` with what is known where it
    ///   names another one.
    public static func architecture(of file: ModelFile) throws(ModelFileError) -> Architecture {
        let isGGUF = file.container == .gguf
        let key = isGGUF ? "general.architecture" : "model_type"
        guard let found = try file.metadata.string(key) else {
            throw ModelFileError(.missingMetadata(key: key), path: file.path)
        }
        guard let architecture = all.first(where: { (isGGUF ? $0.ggufName : $0.name) == found }) else {
            // Two architectures can share a GGUF name and stand next to each other.
            let names = all.map { isGGUF ? $0.ggufName : $0.name }
            let known = names.indices.filter { names[..<$0].last != names[$0] }.map { names[$0] }
                .joined(separator: ", ")
            throw ModelFileError(
                .wrongMetadata(
                    key: key, found: found, expected: "an architecture that Sluice runs: \(known)"),
                path: file.path)
        }
        return architecture
    }

    /// Finds the architecture of `file` and binds its weights.
    ///
    /// - Parameter fillsOwnedWeights: false gives a graph that only tells sizes: what has to be repacked is
    ///   not.
    static func graph(
        of file: ModelFile, contextCapacity: Int, fillsOwnedWeights: Bool = true
    ) throws(ModelFileError) -> ModelGraph {
        let architecture = try architecture(of: file)
        return try architecture.graph(
            WeightSource(
                file: file, keyPrefix: architecture.ggufName, fillsOwnedWeights: fillsOwnedWeights),
            contextCapacity)
    }
}
