/// What a tensor or a hyperparameter is called in the two worlds that model files come from.
public struct FileName: Sendable {
    public let gguf: String
    public let huggingFace: String

    public init(gguf: String, huggingFace: String) {
        self.gguf = gguf
        self.huggingFace = huggingFace
    }
}
