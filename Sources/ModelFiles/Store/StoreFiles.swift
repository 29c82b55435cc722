import SystemPackage

/// The files of a store's source, as if they lay in a folder of the store's name.
///
/// So the readers of the containers read the headers that the store has kept, and check them against the
/// sizes that the files had.
struct StoreFiles: FileAccess {
    let path: String
    private let names: [String]
    private let files: [String: FileBytes]

    init(_ manifest: StoreManifest, bytes: FileBytes, path: String) {
        self.path = path
        names = manifest.files.map(\.name)
        files = Dictionary(
            manifest.files.map { file in
                (file.name, FileBytes(runs: file.runs, of: bytes))
            }, uniquingKeysWith: { first, _ in first })
    }

    func kind(of path: String) throws(ModelFileError) -> FileKind {
        if path == self.path { return .folder }
        _ = try file(path)
        return .file
    }

    func names(in folder: String) throws(ModelFileError) -> [String] {
        guard folder == path else { throw ModelFileError(.missingFile, path: folder) }
        return names.sorted()
    }

    func bytes(of path: String) throws(ModelFileError) -> FileBytes {
        let bytes = try file(path)
        guard bytes.count > 0 else { throw ModelFileError(.emptyFile, path: path, offset: 0) }
        return bytes
    }

    private func file(_ path: String) throws(ModelFileError) -> FileBytes {
        let file = FilePath(path)
        guard file.removingLastComponent().string == FilePath(self.path).string,
            let name = file.lastComponent?.string, let bytes = files[name]
        else { throw ModelFileError(.missingFile, path: path) }
        return bytes
    }
}

/// Opens a packed store.
enum StoreModel {
    /// - Parameter bytes: the bytes of the store, which `StoreHeader.begins`.
    static func open(_ path: String, bytes: FileBytes) throws(ModelFileError) -> ModelFile {
        let header = try StoreHeader(bytes, path: path)
        let manifest = try StoreManifest(bytes, header: header, path: path)
        let files = StoreFiles(manifest, bytes: bytes, path: path)
        let entry = FilePath(path).appending(manifest.entry).string
        let inner = try ModelFile.open(entry, files: files)
        guard inner.fingerprint.rawValue == header.fingerprint else {
            let code = ModelFileError.Code.invalidStore(
                found: "headers of a model with the fingerprint \(inner.fingerprint)",
                expected: "\(ModelFingerprint(rawValue: header.fingerprint))")
            throw ModelFileError(code, path: path, offset: 0)
        }
        return ModelFile(inner, from: PackedStore(path: path, bytes: bytes, manifest: manifest))
    }
}

/// The store that a model was opened from.
struct PackedStore {
    let path: String
    let bytes: FileBytes
    let manifest: StoreManifest
}
