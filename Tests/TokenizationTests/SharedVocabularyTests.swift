import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenization

/// Real vocabularies with the encodings of the models' own tokenizers: `NAME.gguf` with `NAME.gguf.inp` and
/// `NAME.gguf.out`.
@Suite("Shared vocabularies", .needsSharedFixtures)
struct SharedVocabularyTests {
    static let folder = "fixtures/tokenizers"
    static let names = SharedFixtures.names(in: folder).filter { $0.hasSuffix(".gguf") }

    @Test("encodes every case as the model's own tokenizer does, and decodes it back", arguments: names)
    func encodings(name: String) throws {
        let path = try SharedFixtures.path("\(Self.folder)/\(name)")
        let tokenizer = try Tokenizer.load(from: ModelFile.open(path))
        let input = try String(contentsOfFile: path + ".inp", encoding: .utf8)
        let output = try String(contentsOfFile: path + ".out", encoding: .utf8)
        let cases = input.components(separatedBy: "\n__ggml_vocab_test__\n")
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false).prefix(cases.count)
        #expect(cases.count > 40 && lines.count == cases.count)
        for (text, line) in zip(cases, lines) {
            let expected = line.split(separator: " ").compactMap { Int32($0) }
            let tokens = try tokenizer.encode(text, addSpecial: false, parseSpecial: true)
            #expect(tokens.map(\.rawValue) == expected, "\(text)")
            #expect(Array(tokenizer.decode(tokens).utf8) == Array(text.utf8), "\(text)")
        }
    }
}
