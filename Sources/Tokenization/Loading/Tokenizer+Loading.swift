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
            try HuggingFaceTokenizer(TokenizerFolder(file.metadata), forcing: pretokenizer).load()
        }
    }

    /// The tokenizer in a Hugging Face folder, as `load(from:forcing:)`; the model's weights need not be
    /// there.
    ///
    /// - Parameter config: the metadata of the folder's `config.json`, whose path names the folder.
    package static func load(
        fromFolderOf config: Metadata, forcing pretokenizer: String? = nil
    ) throws(TokenizationError) -> Tokenizer {
        try HuggingFaceTokenizer(TokenizerFolder(config), forcing: pretokenizer).load()
    }

    /// The tokenizer in the metadata of a GGUF file, as `load(from:forcing:)`.
    package static func load(
        from metadata: Metadata, forcing pretokenizer: String? = nil
    ) throws(TokenizationError) -> Tokenizer {
        try GGUFTokenizer(metadata, forcing: pretokenizer).load()
    }
}
