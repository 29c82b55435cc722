import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenization

@Suite("Tokenizers of Hugging Face folders")
struct HuggingFaceTokenizerTests {
    /// Encodings made by the reference implementation: tools/make_tokenizer_fixtures.py.
    struct Expected: Decodable {
        struct Family: Decodable {
            /// Ids per text, without and with special tokens around it.
            let plain: [String]
            let full: [String]
            /// The decoded text where it is not the text itself.
            let decoded: [String?]
        }
        let texts: [String]
        let families: [String: Family]

        static let fixture = Result { try Fixtures.decode(Expected.self, "huggingface/expected.json") }
    }

    static let names = (try? Expected.fixture.get().families.keys.sorted()) ?? ["no fixture"]

    static func tokenizer(_ name: String) throws -> Tokenizer {
        try Tokenizer.load(at: Fixtures.folder.appendingPathComponent("huggingface/\(name)").path)
    }

    static func ids(_ line: String) -> [Int32] { line.split(separator: " ").compactMap { Int32($0) } }

    @Test("encodes and decodes every text as the reference does", arguments: names)
    func encodings(name: String) throws {
        let expected = try Expected.fixture.get()
        let family = try #require(expected.families[name])
        let tokenizer = try Self.tokenizer(name)
        #expect(expected.texts.count == family.plain.count && expected.texts.count > 70)
        for (index, text) in expected.texts.enumerated() {
            let plain = try tokenizer.encode(text, addSpecial: false, parseSpecial: true)
            #expect(plain.map(\.rawValue) == Self.ids(family.plain[index]), "\(text.debugDescription)")
            let full = try tokenizer.encode(text, addSpecial: true, parseSpecial: true)
            #expect(full.map(\.rawValue) == Self.ids(family.full[index]), "\(text.debugDescription)")
            let decoded = family.decoded[index] ?? text
            #expect(Array(tokenizer.decode(plain).utf8) == Array(decoded.utf8), "\(text.debugDescription)")
        }
    }

    @Test(
        "the demo model's two tokenizers give the ids it was evaluated with", .needsSharedFixtures,
        arguments: ["story", "code"])
    func demoModel(text: String) throws {
        let folder = try SharedFixtures.path("demo-model")
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/eval-\(text).txt")))
        // Made by the reference's `encode` of the whole file without special tokens, 16 bits per id,
        // little-endian.
        let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/train/eval-\(text).u16")))
        let ids = stride(from: 0, to: data.count, by: 2).map { Int32(data[$0]) | Int32(data[$0 + 1]) << 8 }
        for tokenizer in [
            try Tokenizer.load(at: folder),
            try Tokenizer.load(from: ModelFile.open("\(folder)/demo-q8_0.gguf")),
        ] {
            #expect(try tokenizer.encode(bytes).map(\.rawValue) == ids)
            #expect(Array(tokenizer.decode(ids.map { TokenID($0) }).utf8) == bytes)
            #expect(tokenizer.endOfGeneration == [TokenID(4093), TokenID(4095)])
        }
    }
}
