public import Kernels

/// An opened model: memory-mapped parts, metadata and a directory of tensors, all checked against the real
/// file sizes.
///
/// The mapping lives as long as this object; every view of a tensor must not outlive it.
public final class ModelFile: Sendable {
    /// The container that the model came in; it decides tensor names and layouts.
    public enum Container: String, Sendable {
        case gguf = "GGUF"
        case safetensors = "safetensors"
    }

    /// Where names, layouts and metadata keys come from.
    public let container: Container
    /// The path that the user gave.
    public let path: String
    /// The files that hold the tensors, in order.
    public let parts: [String]
    /// Bytes of all parts.
    public let byteCount: Int
    /// The keys of a GGUF file, or `config.json`.
    public let metadata: Metadata
    /// Every tensor by name.
    public let tensors: [String: TensorRecord]
    /// The tensors of types that are no weights, by name; GGUF files have none.
    public let opaqueTensors: [String: OpaqueTensor]
    /// Tells models apart without reading their weights.
    public let fingerprint: ModelFingerprint

    let mappings: [FileBytes]
    /// Tensors that lie in memory of their own.
    private let copies: WeightCopies?

    init(_ contents: Contents) {
        container = contents.container
        path = contents.path
        parts = contents.parts
        mappings = contents.mappings
        byteCount = contents.mappings.reduce(0) { $0 + $1.count }
        metadata = contents.metadata
        tensors = contents.directory.records
        opaqueTensors = contents.directory.opaque
        fingerprint = contents.fingerprint
        copies = nil
    }

    /// The same with tensors in memory of their own.
    init(_ file: ModelFile, copies: WeightCopies) {
        container = file.container
        path = file.path
        parts = file.parts
        mappings = file.mappings
        byteCount = file.byteCount
        metadata = file.metadata
        tensors = file.tensors
        opaqueTensors = file.opaqueTensors
        fingerprint = file.fingerprint
        self.copies = copies
    }

    /// What the readers of the containers gather.
    struct Contents {
        let container: Container
        let path: String
        let metadata: Metadata
        private(set) var parts: [String] = []
        private(set) var mappings: [FileBytes] = []
        var directory = TensorDirectory()
        var fingerprint = ModelFingerprint()

        init(container: Container, path: String, metadata: Metadata) {
            self.container = container
            self.path = path
            self.metadata = metadata
        }

        /// Adds a file and gives its index.
        mutating func addPart(_ bytes: FileBytes, path: String, headerBytes: Int) -> Int {
            parts.append(path)
            mappings.append(bytes)
            bytes.withSpan(0..<headerBytes) { fingerprint.combine($0) }
            fingerprint.combine(UInt64(bytes.count))
            return parts.count - 1
        }
    }

    /// The tensor as a matrix [product of all dimensions but the last, last dimension]; a vector is one row.
    ///
    /// The bytes are the file's own, mapped or copied: GGUF aligns them as the file says, safetensors not
    /// necessarily to the element's size. Allocates: none.
    ///
    /// - Precondition: `record` is one of this file's.
    public func matrix(_ record: TensorRecord) -> WeightMatrix {
        let columns = record.shape.last ?? 1
        let base =
            unsafe copies?.address(of: record.name)
            ?? bytes(of: record.part).address(of: record.byteRange)
        return unsafe WeightMatrix(
            base: base, format: record.format, rows: record.elementCount / columns, columns: columns)
    }

    func bytes(of part: Int) -> FileBytes {
        precondition(mappings.indices.contains(part), "part \(part) of \(mappings.count)")
        return mappings[part]
    }
}
