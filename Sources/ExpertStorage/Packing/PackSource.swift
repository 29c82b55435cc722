import ModelFiles
import SystemPackage

/// The files of a model that become a store: those with tensors, and of a checkpoint the small ones beside
/// them.
struct PackSource: Sendable {
    /// Open for reading; the model's parts come first.
    let files: ReadFiles
    /// Their names without folders.
    let names: [String]
    /// The one that a reader of the store opens.
    let entry: String
    let fingerprint: ModelFingerprint

    /// Ends of the names of what a checkpoint's folder holds beside weights: configuration, tokenizer, chat
    /// template, index of shards.
    private static let companionSuffixes = [".json", ".jinja", ".model", "merges.txt", "vocab.txt"]

    /// - Throws: `alreadyStore`, `unreadableFile`.
    init(_ model: ModelFile) throws(ExpertStorageError) {
        guard model.store == nil else { throw ExpertStorageError(.alreadyStore, path: model.path) }
        var paths = model.parts
        if model.container == .safetensors {
            for name in Self.companions(in: model) {
                paths.append(FilePath(model.folder).appending(name).string)
            }
        }
        files = try ReadFiles(paths: paths, direct: false)
        names = paths.map { FilePath($0).lastComponent?.string ?? $0 }
        fingerprint = model.fingerprint
        let given = FilePath(model.path).lastComponent?.string ?? ""
        if model.container == .gguf {
            entry = names.first ?? given
        } else {
            entry = names.contains(given) ? given : "config.json"
        }
    }

    private static func companions(in model: ModelFile) -> [String] {
        let parts = Set(model.parts.map { FilePath($0).lastComponent?.string ?? $0 })
        let names = (try? model.files.names(in: model.folder)) ?? []
        return names.filter { name in
            guard !parts.contains(name), companionSuffixes.contains(where: name.hasSuffix),
                let size = model.companionByteCount(name)
            else { return false }
            // What no reader would accept is none of the model's.
            return size <= FileLimits.jsonBytes
        }
    }

    /// Names and sizes, as a layout takes them.
    var sizes: [(name: String, byteCount: Int)] { Array(zip(names, files.byteCounts)) }

    /// The first file that was written to since it was opened.
    var changedPath: String? { files.changedFile().map { files.paths[$0] } }
}
