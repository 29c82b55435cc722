import ModelFiles
import Testing
import Tokenization

@Suite("Character encoder")
struct CharacterEncoderTests {
    private static let first = TinyVocabulary.firstScored

    private func encode(_ text: String, _ vocabulary: TinyVocabulary) throws -> [Int32] {
        try vocabulary.load().encode(text, addSpecial: false, parseSpecial: true).map {
            $0.rawValue - Self.first
        }
    }

    @Test("merges the pair with the higher score first, of equal scores the leftmost")
    func order() throws {
        let scores: KeyValuePairs = ["▁": -9.0, "a": -9, "b": -9, "c": -9, "ab": -2, "bc": -1, "aa": -3]
        let vocabulary = TinyVocabulary.scored(scores)
        #expect(try encode("abc", vocabulary) == [0, 1, 5])
        #expect(try encode("aaa", vocabulary) == [0, 6, 1])
    }

    @Test("joins characters that are no tokens themselves when their pair is one")
    func pairOfUnknown() throws {
        let vocabulary = TinyVocabulary.scored(["▁": -9, "xy": -1])
        #expect(try encode("xy", vocabulary) == [0, 1])
        #expect(try encode("x", vocabulary) == [0, Int32(3 + 0x78) - Self.first])
    }

    @Test("spells characters without a token by their bytes")
    func byteFallback() throws {
        let vocabulary = TinyVocabulary.scored(["▁": -9, "a": -9])
        let expected = [0, 1] + [0xE4, 0xBD, 0xA0].map { Int32(3 + $0) - Self.first }
        #expect(try encode("a你", vocabulary) == expected)
        let tokenizer = try vocabulary.load()
        #expect(try tokenizer.decode(tokenizer.encode("a你")) == "a你")
    }

    @Test("a missing byte token becomes the unknown token, and without one an error")
    func withoutByteTokens() throws {
        var vocabulary = TinyVocabulary(values: [
            "tokenizer.ggml.model": .string("llama"),
            "tokenizer.ggml.tokens": .strings(["<unk>", "▁"]),
            "tokenizer.ggml.scores": .reals([0, 0]),
            "tokenizer.ggml.token_type": .integers([2, 1]),
            "tokenizer.ggml.add_bos_token": .boolean(false),
        ])
        #expect(try vocabulary.load().encode("é").map(\.rawValue) == [1, 0])
        vocabulary = .byteLevel()
        vocabulary.values["tokenizer.ggml.tokens"] = .strings(["a"])
        vocabulary.values["tokenizer.ggml.token_type"] = nil
        let tokenizer = try vocabulary.load()
        let error = #expect(throws: TokenizationError.self) { try tokenizer.encode("ab") }
        #expect(error?.code == .byteWithoutToken(byte: 0x62))
    }

    @Test("puts a space in front of a text and after special tokens, unless the file says no")
    func spacePrefix() throws {
        var vocabulary = TinyVocabulary.scored(["▁": -9, "a": -9, "▁a": -1])
        #expect(try encode("a</s>a a", vocabulary) == [2, 2 - Self.first, 2, 2])
        #expect(try encode("", vocabulary) == [])
        #expect(try encode(" a", vocabulary) == [0, 2])
        vocabulary.values["tokenizer.ggml.add_space_prefix"] = .boolean(false)
        #expect(try encode("a a", vocabulary) == [1, 2])
        #expect(try vocabulary.load().decode([TokenID(Self.first + 2)]) == " a")
    }

    @Test("control tokens and bytes never come out of ordinary text")
    func hiddenTokens() throws {
        // Every part of "</s>" and of "<0x41>" is a token, so merging could reach them.
        let vocabulary = TinyVocabulary.scored([
            "▁": -9, "<": -9, "/": -9, "s": -9, ">": -9, "</": -1, "s>": -1, "0x": -1, "<0x": -1, "41": -1,
            "41>": -1,
            "4": -9, "1": -9, "0": -9, "x": -9,
        ])
        let tokenizer = try vocabulary.load()
        let tokens = try tokenizer.encode("</s><0x41>", addSpecial: false, parseSpecial: false)
        #expect(tokens.allSatisfy { $0.rawValue >= Self.first })
        #expect(tokenizer.decode(tokens) == "</s><0x41>")
    }
}
