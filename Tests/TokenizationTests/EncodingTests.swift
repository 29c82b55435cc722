import ModelFiles
import TestSupport
import Testing
import Tokenization

@Suite("Encoding")
struct EncodingTests {
    private func ids(_ tokenizer: Tokenizer, _ text: String, special: Bool) throws -> [Int32] {
        try tokenizer.encode(text, addSpecial: false, parseSpecial: special).map(\.rawValue)
    }

    @Test("control tokens are recognised where asked, user-defined ones always, the longest first")
    func specialTokens() throws {
        let tokenizer = try TinyVocabulary.byteLevel(controls: ["<a>", "<a>b"], userDefined: ["  ", "    "])
            .load()
        #expect(try ids(tokenizer, "x<a>y", special: true) == [120, 256, 121])
        #expect(try ids(tokenizer, "<a>b<a>", special: true) == [257, 256])
        #expect(try ids(tokenizer, "<a", special: true) == [60, 97])
        #expect(try ids(tokenizer, "<a>", special: false) == [60, 97, 62])
        #expect(try ids(tokenizer, "     x", special: false) == [259, 32, 120])
    }

    @Test("Phi-3's special tokens swallow the white space after them, three of them do not")
    func swallowedSpace() throws {
        var vocabulary = TinyVocabulary.byteLevel(controls: ["<|end|>", "<|endoftext|>"])
        vocabulary.values["general.name"] = .string("Phi-3.5 MoE (phi3)")
        let tokenizer = try vocabulary.load()
        #expect(try ids(tokenizer, "<|end|> \n a", special: true) == [256, 97])
        #expect(try ids(tokenizer, "<|endoftext|> a", special: true) == [257, 32, 97])
    }

    @Test(
        "text that is not UTF-8 is an error with the offset",
        arguments: [
            ([0x61, 0xFF], 1), ([0xC0, 0x80], 0), ([0x61, 0x62, 0xE4, 0xBD], 2), ([0xED, 0xA0, 0x80], 0),
            ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF0, 0x80, 0x80, 0x80], 0), ([0xC3, 0xA9, 0x80], 2),
        ] as [([UInt8], Int)])
    func invalidText(bytes: [UInt8], offset: Int) throws {
        for vocabulary in [TinyVocabulary.byteLevel(), .scored(["▁": 0])] {
            let tokenizer = try vocabulary.load()
            let error = #expect(throws: TokenizationError.self) { try tokenizer.encode(bytes) }
            #expect(error?.code == .invalidUTF8 && error?.offset == offset)
        }
    }

    @Test("whatever the bytes, encoding gives tokens or an error, and valid text comes back")
    func anyBytes() throws {
        var generator = SeededGenerator.fromEnvironment(fallback: 21)
        let tokenizers = try [
            TinyVocabulary.byteLevel(merges: ["Ġ a", "a a"], controls: ["<a>"], pretokenizer: "gpt-4o")
                .load(),
            TinyVocabulary.byteLevel(userDefined: ["\u{1F600}", "éa"], pretokenizer: "deepseek-llm").load(),
            TinyVocabulary.scored(["▁": -2, "a": -1, "▁a": -1, "é": -1]).load(),
        ]
        let alphabet: [UInt8] = [
            0x20, 0x61, 0x0A, 0x31, 0x27, 0x73, 0xC3, 0xA9, 0xE2, 0x96, 0x81, 0xF0, 0x9F, 0x98, 0x80, 0x3C,
        ]
        for _ in 0..<3000 {
            let isRandom = Bool.random(using: &generator)
            let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                isRandom
                    ? UInt8.random(in: 0...255, using: &generator)
                    : alphabet.randomElement(using: &generator) ?? 0
            }
            for tokenizer in tokenizers {
                do {
                    let tokens = try tokenizer.encode(bytes, addSpecial: false)
                    let isEscaped = String(decoding: bytes, as: UTF8.self).contains("▁")
                    #expect(
                        Array(tokenizer.decode(tokens).utf8) == bytes || isEscaped, "seed \(generator.seed)")
                } catch {
                    #expect(error.code == .invalidUTF8 && String(validating: bytes, as: UTF8.self) == nil)
                }
            }
        }
    }
}
