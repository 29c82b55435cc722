public import Kernels

/// An opened model: memory-mapped parts, metadata and a directory of tensors, all checked against the real file sizes.
///
/// The mapping lives as long as this object; every view of a tensor must not outlive it.
public final class ModelFile: Sendable {
    /// The container that the model came in; it decides tensor names and layouts.
    public enum Container: String, Sendable { case gguf = "GGUF", safetensors = "safetensors" }

    public let container: Container
    /// The path that the user gave.
    public let path: String
    /// The files that hold the tensors, in order.
    public let parts: [String]
    /// Bytes of all parts.
    public let byteCount: Int
    public let metadata: Metadata
    /// Every tensor by name.
    public let tensors: [String: TensorRecord]

    /// Opens a GGUF file (the first of a split), a safetensors file next to its `config.json`, or a folder that holds them.
    ///
    /// - Throws: `ModelFileError` naming file, tensor or key, offset, found and expected.
    public static func open(_ path: String) throws(ModelFileError) -> ModelFile {
        throw ModelFileError(.missingMetadata(key: "not built yet"), path: path)
    }

    init(container: Container, path: String, parts: [String], byteCount: Int, metadata: Metadata, tensors: [String: TensorRecord]) {
        self.container = container
        self.path = path
        self.parts = parts
        self.byteCount = byteCount
        self.metadata = metadata
        self.tensors = tensors
    }

    /// The tensor as a matrix [product of all dimensions but the last, last dimension]; a vector is one row.
    public func matrix(_ record: TensorRecord) -> WeightMatrix {
        preconditionFailure("not built yet")
    }
}
