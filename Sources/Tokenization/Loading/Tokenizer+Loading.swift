public import ModelFiles

extension Tokenizer {
    /// The tokenizer of a model: from the metadata of a GGUF file, or from `tokenizer.json` in a Hugging Face
    /// folder.
    ///
    /// - Parameter pretokenizer: the GGUF name of the pre-tokenizer to use whatever the file says; nil for
    ///   the file's own.
    /// - Throws: `TokenizationError` naming the file and the key, token or pattern that cannot be used.
    public static func load(
        from file: ModelFile, forcing pretokenizer: String? = nil
    ) throws(TokenizationError) -> Tokenizer {
        switch file.container {
        case .gguf: try GGUFTokenizer(file.metadata, forcing: pretokenizer).load()
        case .safetensors:
            try HuggingFaceTokenizer(
                TokenizerFolder(of: file.metadata.path, files: file.files), forcing: pretokenizer
            ).load()
        }
    }

    /// The tokenizer at a path, without the weights, which need not be there.
    ///
    /// - Parameter path: a GGUF file, which may hold a vocabulary only, a Hugging Face folder, or its
    ///   `tokenizer.json`.
    /// - Throws: as `load(from:forcing:)`.
    public static func load(
        at path: String, forcing pretokenizer: String? = nil
    ) throws(TokenizationError) -> Tokenizer {
        if let folder = TokenizerFolder(at: path) {
            return try HuggingFaceTokenizer(folder, forcing: pretokenizer).load()
        }
        let file: ModelFile
        do { file = try ModelFile.open(path) } catch { throw TokenizationError(error) }
        return try load(from: file, forcing: pretokenizer)
    }

    /// The tokenizer in the metadata of a GGUF file, as `load(from:forcing:)`.
    package static func load(
        from metadata: Metadata, forcing pretokenizer: String? = nil
    ) throws(TokenizationError) -> Tokenizer {
        try GGUFTokenizer(metadata, forcing: pretokenizer).load()
    }

    /// The names that `forcing` accepts.
    public static var pretokenizerNames: [String] { PretokenizerRegistry.names }
}
