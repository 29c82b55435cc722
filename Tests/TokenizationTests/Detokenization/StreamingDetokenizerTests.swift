import ModelFiles
import TestSupport
import Testing
import Tokenization

@Suite("Streaming detokenizer")
struct StreamingDetokenizerTests {
    @Test("gives a character out when it is whole, and not before")
    func wholeCharacters() throws {
        let tokenizer = try TinyVocabulary.byteLevel().load()
        var stream = StreamingDetokenizer(tokenizer)
        let pieces = Array("a🦙é".utf8).map { stream.append(TokenID(Int32($0))) }
        #expect(pieces == ["a", "", "", "", "🦙", "", "é"])
        #expect(stream.finish() == "")
    }

    @Test("replaces what is never finished, and what can never be")
    func brokenCharacters() throws {
        let tokenizer = try TinyVocabulary.byteLevel().load()
        var stream = StreamingDetokenizer(tokenizer)
        #expect([0xF0, 0x9F, 0x61].map { stream.append(TokenID($0)) } == ["", "", "\u{FFFD}a"])
        #expect([0xE4, 0xBD].map { stream.append(TokenID($0)) } == ["", ""])
        #expect(stream.finish() == "\u{FFFD}" && stream.finish() == "")
        #expect(stream.append(TokenID(0xFF)) == "\u{FFFD}")
    }

    @Test("what comes out in portions is what decoding at once gives", arguments: UInt64(0)..<8)
    func anyTokens(seed: UInt64) throws {
        var generator = SeededGenerator.fromEnvironment(fallback: seed)
        for vocabulary in [
            TinyVocabulary.byteLevel(merges: ["ð Ł", "Ã ©"], controls: ["<e>"]),
            .scored(["▁": -2, "▁a": -1, "你": -1, "▁▁": -1]),
        ] {
            let tokenizer = try vocabulary.load()
            for _ in 0..<200 {
                let tokens = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                    TokenID(Int32.random(in: -1...Int32(tokenizer.vocabularySize), using: &generator))
                }
                for shows in [false, true] {
                    var stream = StreamingDetokenizer(tokenizer, showingControl: shows)
                    let text = tokens.map { stream.append($0) }.joined() + stream.finish()
                    var bytes = tokens.flatMap { tokenizer.bytes(of: $0, showingControl: shows) }
                    if tokenizer.token(forText: "▁") != nil, bytes.first == 0x20 { bytes.removeFirst() }
                    #expect(
                        Array(text.utf8) == Array(String(decoding: bytes, as: UTF8.self).utf8), "\(tokens)")
                    #expect(text == tokenizer.decode(tokens, showingControl: shows))
                }
            }
        }
    }

    @Test("takes one space from the front of a text, none from the middle of one")
    func leadingSpace() throws {
        let tokenizer = try TinyVocabulary.scored(["▁": -2, "▁a": -1]).load()
        let (word, space) = (TokenID(TinyVocabulary.firstScored + 1), TokenID(TinyVocabulary.firstScored))
        #expect(tokenizer.decode([word, word]) == "a a")
        #expect(tokenizer.decode([TokenID(1), word]) == "a")
        #expect(tokenizer.decode([space, space, word]) == "  a")
        #expect(tokenizer.decode([word], atStart: false) == " a")
        #expect(tokenizer.decode([TokenID(1), word], showingControl: true) == "<s> a")
    }
}
