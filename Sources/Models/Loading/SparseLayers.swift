import ModelFiles

/// Which layers of a Qwen model have experts; the others have one dense network.
struct SparseLayers: Sendable {
    private let source: WeightSource
    private let denseLayers: Set<Int64>
    private let step: Int

    /// - Throws: `wrongMetadata` where the file's list or step of layers cannot be.
    init(_ source: WeightSource) throws(ModelFileError) {
        self.source = source
        denseLayers = Set(try source.integers(FileName(gguf: [], huggingFace: ["mlp_only_layers"])) ?? [])
        let stepName = FileName(gguf: [], huggingFace: ["decoder_sparse_step"])
        step = try source.count(stepName, in: 1...WeightSource.maximumSize) ?? 1
    }

    /// GGUF says it by the router's tensor, `config.json` by a list and a step.
    func contains(_ names: LayerNames) -> Bool {
        if source.isGGUF { return source.find(names.router.appending(".weight")) != nil }
        return !denseLayers.contains(Int64(names.index)) && (names.index + 1).isMultiple(of: step)
    }
}
