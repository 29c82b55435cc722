import SystemPackage

extension ModelFile {
    /// Opens a GGUF file (the first of a split), a safetensors file next to its `config.json`, a folder that
    /// holds them, or a store that was packed from either.
    ///
    /// The files are mapped and their directories checked; tensor data is not touched.
    ///
    /// - Throws: `ModelFileError` naming file, tensor or key, offset, found and expected.
    public static func open(_ path: String) throws(ModelFileError) -> ModelFile {
        try open(path, files: DiskFiles())
    }

    /// The same through another way to the files.
    package static func open(_ path: String, files: some FileAccess) throws(ModelFileError) -> ModelFile {
        if try files.kind(of: path) == .folder { return try openFolder(path, files) }
        let file = FilePath(path)
        let name = file.lastComponent?.string ?? ""
        let folder = SafetensorsModel.folder(of: path)
        if name == SafetensorsModel.configName {
            return try SafetensorsModel.open(path, weights: nil, folder: folder, files: files)
        }
        if name.hasSuffix(SafetensorsModel.indexSuffix) || name.hasSuffix(SafetensorsModel.weightsSuffix) {
            return try SafetensorsModel.open(path, weights: name, folder: folder, files: files)
        }
        let bytes = try files.bytes(of: path)
        if StoreHeader.begins(bytes) { return try StoreModel.open(path, bytes: bytes) }
        return try GGUFModel.open(path, bytes: bytes, files: files)
    }

    /// A Hugging Face folder, or one that holds a single GGUF model.
    private static func openFolder(_ path: String, _ files: some FileAccess) throws(ModelFileError)
        -> ModelFile
    {
        let names = try files.names(in: path)
        let isHuggingFace = names.contains {
            $0 == SafetensorsModel.configName || $0.hasSuffix(SafetensorsModel.weightsSuffix)
        }
        if isHuggingFace { return try SafetensorsModel.open(path, weights: nil, folder: path, files: files) }
        let models = names.filter { $0.hasSuffix(".gguf") && !isLaterPart($0) }
        guard let model = models.first else {
            let expected = "\(SafetensorsModel.configName) with safetensors, or a .gguf file"
            throw ModelFileError(.noModel(expected: expected), path: path)
        }
        guard models.count == 1 else { throw ModelFileError(.severalModels(found: models), path: path) }
        return try open(FilePath(path).appending(model).string, files: files)
    }

    /// Whether a name ends in `-00002-of-00003.gguf` or the like.
    private static func isLaterPart(_ name: String) -> Bool {
        let fields = name.dropLast(".gguf".count).split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count >= 4, fields[fields.count - 2] == "of", let part = Int(fields[fields.count - 3])
        else {
            return false
        }
        return Int(fields[fields.count - 1]) != nil && part > 1
    }
}
