import ModelFiles
import Tokenization

/// The metadata of small tokenizers, to be changed by a test before it is loaded.
struct TinyVocabulary {
    var values: [String: MetadataValue]

    /// A byte-level vocabulary: every byte, a token per merge, then `specials` as control tokens.
    static func byteLevel(
        merges: [String] = [], controls: [String] = [], userDefined: [String] = [],
        pretokenizer: String = "gpt-2"
    ) -> TinyVocabulary {
        var tokens = byteTexts
        for merge in merges {
            let made = merge.split(separator: " ").joined()
            if !tokens.contains(made) { tokens.append(made) }
        }
        var kinds = Array(repeating: Int64(1), count: tokens.count)
        kinds += Array(repeating: 3, count: controls.count) + Array(repeating: 4, count: userDefined.count)
        return TinyVocabulary(values: [
            "tokenizer.ggml.model": .string("gpt2"),
            "tokenizer.ggml.pre": .string(pretokenizer),
            "tokenizer.ggml.tokens": .strings(tokens + controls + userDefined),
            "tokenizer.ggml.token_type": .integers(kinds),
            "tokenizer.ggml.merges": .strings(merges),
        ])
    }

    /// A SentencePiece vocabulary: `<unk>`, `<s>`, `</s>`, every byte as `<0x41>`, then `tokens` with
    /// their scores.
    static func scored(_ tokens: KeyValuePairs<String, Double>) -> TinyVocabulary {
        let digits = Array("0123456789ABCDEF")
        let bytes = (0..<256).map { "<0x\(digits[$0 / 16])\(digits[$0 % 16])>" }
        return TinyVocabulary(values: [
            "tokenizer.ggml.model": .string("llama"),
            "tokenizer.ggml.tokens": .strings(["<unk>", "<s>", "</s>"] + bytes + tokens.map(\.key)),
            "tokenizer.ggml.scores": .reals(Array(repeating: 0, count: 259) + tokens.map(\.value)),
            "tokenizer.ggml.token_type": .integers(
                [2, 3, 3] + Array(repeating: 6, count: 256) + Array(repeating: 1, count: tokens.count)),
        ])
    }

    /// The id of the first token after the bytes of a scored vocabulary.
    static let firstScored: Int32 = 259

    func load(forcing pretokenizer: String? = nil) throws(TokenizationError) -> Tokenizer {
        try Tokenizer.load(from: Metadata(values: values, path: "tiny.gguf"), forcing: pretokenizer)
    }

    /// The texts of the 256 bytes in the order of the bytes.
    static let byteTexts: [String] = {
        var texts: [String] = []
        var next: UInt32 = 0x100
        for byte in UInt32(0)..<256 {
            let isPlain =
                (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
            texts.append(Unicode.Scalar(isPlain ? byte : next).map { String(Character($0)) } ?? "")
            if !isPlain { next += 1 }
        }
        return texts
    }()
}
