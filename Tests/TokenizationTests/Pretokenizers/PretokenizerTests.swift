import Foundation
import TestSupport
import Testing
import Tokenization

@Suite("Pre-tokenizers")
struct PretokenizerTests {
    /// Splits made by a regex engine: tools/make_pretokenizer_fixtures.py.
    struct Expected: Decodable {
        let texts: [String]
        /// By name: the UTF-8 length of each piece, one string per text.
        let splits: [String: [String]]

        static let fixture = Result { try Fixtures.decode(Expected.self, "pretokenizers.json") }
    }

    static let names = ((try? Expected.fixture.get().splits.keys.sorted()) ?? ["no fixture"])

    @Test("cuts every text where the pattern does", arguments: names)
    func splits(name: String) throws {
        let expected = try Expected.fixture.get()
        let splits = try #require(expected.splits[name])
        #expect(splits.count == expected.texts.count && splits.count > 300)
        for (text, split) in zip(expected.texts, splits) {
            let pieces = try Tokenizer.pieces(of: Array(text.utf8), cutBy: name)
            #expect(
                pieces.map(\.count) == split.split(separator: " ").compactMap { Int($0) },
                "\(text.debugDescription)")
        }
    }

    @Test("the fixture covers every pre-tokenizer by one of its names")
    func coverage() throws {
        #expect(try Expected.fixture.get().splits.count == 19)
    }

    @Test("pieces put together are the text, whatever the bytes", arguments: names)
    func coversText(name: String) throws {
        var generator = SeededGenerator.fromEnvironment(fallback: 11)
        for _ in 0..<50 {
            let scalars = (0..<Int.random(in: 0...40, using: &generator)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x2_FFFF, using: &generator))
            }
            let bytes = Array(String(String.UnicodeScalarView(scalars)).utf8)
            let pieces = try Tokenizer.pieces(of: bytes, cutBy: name)
            #expect(
                Array(pieces.joined()) == bytes && pieces.allSatisfy { !$0.isEmpty }, "seed \(generator.seed)"
            )
        }
    }

    @Test("an unknown name is an error that names it and the way out")
    func unknownName() throws {
        let error = #expect(throws: TokenizationError.self) { try Tokenizer.pieces(of: [], cutBy: "llama-9") }
        #expect(error?.code == .unknownPretokenizer(name: "llama-9"))
        #expect(
            error?.description
                == "unknown pre-tokenizer 'llama-9'; name one with --pretokenizer NAME "
                + "(`sluice tokenize --help` lists them)")
    }
}
