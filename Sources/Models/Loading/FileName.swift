/// What a tensor or a hyperparameter is called in the two worlds that model files come from.
///
/// Each side lists the spellings that exist, the current one first; the first that the file has is used.
public struct FileName: Sendable {
    /// Spellings in GGUF files, the usual one first.
    public let gguf: [String]
    /// Spellings in Hugging Face checkpoints, the usual one first.
    public let huggingFace: [String]

    public init(gguf: [String], huggingFace: [String]) {
        self.gguf = gguf
        self.huggingFace = huggingFace
    }

    public init(gguf: String, huggingFace: String) {
        self.init(gguf: [gguf], huggingFace: [huggingFace])
    }

    /// The same name with `suffix` behind every spelling.
    public func appending(_ suffix: String) -> FileName {
        FileName(gguf: gguf.map { $0 + suffix }, huggingFace: huggingFace.map { $0 + suffix })
    }
}
