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
    /// The files that hold the tensors, in order; for a store those of its source, as if it were their
    /// folder.
    public let parts: [String]
    /// The files that are there to be read: the parts, or the store.
    public let diskPaths: [String]
    /// Bytes of these files.
    public let byteCount: Int
    /// The keys of a GGUF file, or `config.json`.
    public let metadata: Metadata
    /// Every tensor by name.
    public let tensors: [String: TensorRecord]
    /// The tensors of types that are no weights, by name; GGUF files have none.
    public let opaqueTensors: [String: OpaqueTensor]
    /// Tells models apart without reading their weights.
    public let fingerprint: ModelFingerprint

    /// What the store holds that the model was opened from, if it was.
    public let store: StoreManifest?
    /// The way to the files that lie beside the parts.
    package let files: any FileAccess

    let mappings: [FileBytes]
    /// Tensors that lie in memory of their own.
    let copies: WeightCopies?

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
        files = contents.files
        diskPaths = contents.parts
        store = nil
        copies = nil
    }

    /// The model of a store, whose headers `file` was read from.
    convenience init(_ file: ModelFile, from packed: PackedStore) {
        self.init(
            file, path: packed.path, diskPaths: [packed.path], byteCount: packed.bytes.count,
            store: packed.manifest, copies: nil)
    }

    /// The same with tensors in memory of their own.
    convenience init(_ file: ModelFile, copies: WeightCopies) {
        self.init(
            file, path: file.path, diskPaths: file.diskPaths, byteCount: file.byteCount, store: file.store,
            copies: copies)
    }

    /// What `file` holds, in another place.
    private init(
        _ file: ModelFile, path: String, diskPaths: [String], byteCount: Int, store: StoreManifest?,
        copies: WeightCopies?
    ) {
        container = file.container
        parts = file.parts
        mappings = file.mappings
        metadata = file.metadata
        tensors = file.tensors
        opaqueTensors = file.opaqueTensors
        fingerprint = file.fingerprint
        files = file.files
        self.path = path
        self.diskPaths = diskPaths
        self.byteCount = byteCount
        self.store = store
        self.copies = copies
    }

    /// What the readers of the containers gather.
    struct Contents {
        let container: Container
        let path: String
        let metadata: Metadata
        let files: any FileAccess
        private(set) var parts: [String] = []
        private(set) var mappings: [FileBytes] = []
        var directory = TensorDirectory()
        var fingerprint = ModelFingerprint()

        init(container: Container, path: String, metadata: Metadata, files: some FileAccess) {
            self.container = container
            self.path = path
            self.metadata = metadata
            self.files = files
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

    func bytes(of part: Int) -> FileBytes {
        precondition(mappings.indices.contains(part), "part \(part) of \(mappings.count)")
        return mappings[part]
    }
}
