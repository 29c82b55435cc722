import ModelFiles
import Testing
import Tokenization

@Suite("Tokenizers of GGUF metadata")
struct GGUFTokenizerTests {
    /// One thing wrong with a vocabulary, and the error that it is.
    struct Fault: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var vocabulary = TinyVocabulary.byteLevel(merges: ["h e", "l l"], controls: ["<|end|>"])
        let code: TokenizationError.Code
        let change: @Sendable (inout [String: MetadataValue]) -> Void
    }

    static let faults = [
        Fault(testDescription: "no model", code: .missingTokenizer(expected: "the key tokenizer.ggml.model"))
        {
            $0["tokenizer.ggml.model"] = nil
        },
        Fault(testDescription: "another model", code: .unsupportedModel(name: "rwkv")) {
            $0["tokenizer.ggml.model"] = .string("rwkv")
        },
        Fault(testDescription: "no pre-tokenizer", code: .missingPretokenizer) {
            $0["tokenizer.ggml.pre"] = nil
        },
        Fault(testDescription: "an unknown pre-tokenizer", code: .unknownPretokenizer(name: "new-bpe")) {
            $0["tokenizer.ggml.pre"] = .string("new-bpe")
        },
        Fault(testDescription: "no tokens", code: .missingMetadata(key: "tokenizer.ggml.tokens")) {
            $0["tokenizer.ggml.tokens"] = nil
        },
        Fault(testDescription: "an empty vocabulary", code: .emptyVocabulary) {
            $0["tokenizer.ggml.tokens"] = .strings([])
            $0["tokenizer.ggml.token_type"] = .integers([])
        },
        Fault(testDescription: "one token twice", code: .duplicateToken(text: "!", first: 2, second: 33)) {
            var tokens = TinyVocabulary.byteTexts
            tokens[2] = "!"
            $0["tokenizer.ggml.tokens"] = .strings(tokens)
            $0["tokenizer.ggml.token_type"] = nil
        },
        Fault(
            testDescription: "too few kinds",
            code: .countMismatch(key: "tokenizer.ggml.token_type", found: 2, expected: 259)
        ) { $0["tokenizer.ggml.token_type"] = .integers([1, 1]) },
        Fault(
            testDescription: "an unknown kind",
            code: .wrongMetadata(
                key: "tokenizer.ggml.token_type[0]", found: "77", expected: "a token type from 0 to 6")
        ) { $0["tokenizer.ggml.token_type"] = .integers(Array(repeating: 77, count: 259)) },
        Fault(testDescription: "no merges", code: .missingMetadata(key: "tokenizer.ggml.merges")) {
            $0["tokenizer.ggml.merges"] = nil
        },
        Fault(testDescription: "a merge of one token", code: .malformedMerge(index: 0, found: "he")) {
            $0["tokenizer.ggml.merges"] = .strings(["he"])
        },
        Fault(testDescription: "a merge that ends early", code: .malformedMerge(index: 0, found: "h ")) {
            $0["tokenizer.ggml.merges"] = .strings(["h "])
        },
        Fault(testDescription: "a merge of unknown tokens", code: .unknownTokenInMerge(index: 1, token: "zz"))
        {
            $0["tokenizer.ggml.merges"] = .strings(["h e", "zz l"])
        },
        Fault(
            testDescription: "a merge to an unknown token", code: .unknownTokenInMerge(index: 0, token: "eh")
        ) {
            $0["tokenizer.ggml.merges"] = .strings(["e h"])
        },
        Fault(
            testDescription: "an id outside the vocabulary",
            code: .idOutOfRange(key: "tokenizer.ggml.eos_token_id", found: 259, vocabularySize: 259)
        ) { $0["tokenizer.ggml.eos_token_id"] = .unsigned(259) },
        Fault(
            testDescription: "BOS wanted but not named",
            code: .missingMetadata(key: "tokenizer.ggml.bos_token_id")
        ) {
            $0["tokenizer.ggml.add_bos_token"] = .boolean(true)
        },
        Fault(
            testDescription: "EOS wanted but not named",
            code: .missingMetadata(key: "tokenizer.ggml.eos_token_id")
        ) {
            $0["tokenizer.ggml.add_eos_token"] = .boolean(true)
        },
        Fault(
            testDescription: "too few scores", vocabulary: .scored(["a": -1]),
            code: .countMismatch(key: "tokenizer.ggml.scores", found: 1, expected: 260)
        ) { $0["tokenizer.ggml.scores"] = .reals([0]) },
        Fault(
            testDescription: "no scores", vocabulary: .scored(["a": -1]),
            code: .missingMetadata(key: "tokenizer.ggml.scores")
        ) { $0["tokenizer.ggml.scores"] = nil },
        Fault(
            testDescription: "a score that is no number", vocabulary: .scored(["a": .nan]),
            code: .wrongMetadata(key: "tokenizer.ggml.scores[259]", found: "nan", expected: "a number")
        ) { _ in },
    ]

    @Test("refuses a broken description and says what is wrong", arguments: faults)
    func refuses(fault: Fault) throws {
        var vocabulary = fault.vocabulary
        fault.change(&vocabulary.values)
        let broken = vocabulary
        let error = #expect(throws: TokenizationError.self) { try broken.load() }
        #expect(error?.code == fault.code)
        #expect(error?.description.hasPrefix("tiny.gguf: ") == true)
    }

    @Test("a key of another type is an error that names it")
    func wrongType() throws {
        var vocabulary = TinyVocabulary.byteLevel()
        vocabulary.values["tokenizer.ggml.tokens"] = .string("all of them")
        let broken = vocabulary
        let error = #expect(throws: TokenizationError.self) { try broken.load() }
        #expect(error?.description.contains("tokenizer.ggml.tokens") == true)
    }

    @Test("the pre-tokenizer can be forced where there is one")
    func forcing() throws {
        var vocabulary = TinyVocabulary.byteLevel(merges: ["1 2"])
        vocabulary.values["tokenizer.ggml.pre"] = nil
        #expect(try vocabulary.load(forcing: "gpt-2").encode("12").count == 1)
        #expect(try vocabulary.load(forcing: "qwen2").encode("12").count == 2)
        let scored = TinyVocabulary.scored(["a": -1])
        let error = #expect(throws: TokenizationError.self) { try scored.load(forcing: "gpt-2") }
        #expect(error?.code == .pretokenizerWithoutUse(name: "gpt-2"))
    }

    @Test("BOS and EOS are added where the file says so, and only then")
    func surroundings() throws {
        var vocabulary = TinyVocabulary.byteLevel(controls: ["<s>", "</s>"])
        vocabulary.values["tokenizer.ggml.bos_token_id"] = .unsigned(256)
        vocabulary.values["tokenizer.ggml.eos_token_id"] = .unsigned(257)
        #expect(try vocabulary.load().encode("a").map(\.rawValue) == [97])
        vocabulary.values["tokenizer.ggml.add_bos_token"] = .boolean(true)
        vocabulary.values["tokenizer.ggml.add_eos_token"] = .boolean(true)
        let tokenizer = try vocabulary.load()
        #expect(try tokenizer.encode("a").map(\.rawValue) == [256, 97, 257])
        #expect(try tokenizer.encode("a", addSpecial: false).map(\.rawValue) == [97])
        #expect(tokenizer.bos == TokenID(256) && tokenizer.isEndOfGeneration(TokenID(257)))
    }

    @Test("the Harmony format's message end does not end generation, its heads are shown")
    func harmony() throws {
        let controls = ["<|end|>", "<|return|>", "<|call|>", "<|channel|>"]
        let tokenizer = try TinyVocabulary.byteLevel(controls: controls).load()
        #expect(tokenizer.endOfGeneration == [TokenID(257), TokenID(258)])
        #expect(tokenizer.decode([TokenID(256), TokenID(259)]) == "<|channel|>")
        let plain = try TinyVocabulary.byteLevel(controls: ["<|end|>"]).load()
        #expect(plain.endOfGeneration == [TokenID(256)])
    }

    @Test("looks tokens up by the file's spelling")
    func lookUp() throws {
        let tokenizer = try TinyVocabulary.byteLevel(merges: ["Ġ a"]).load()
        #expect(tokenizer.token(forText: "Ġa") == TokenID(256) && tokenizer.token(forText: " a") == nil)
        #expect(tokenizer.text(of: TokenID(256)) == "Ġa" && tokenizer.text(of: TokenID(257)) == nil)
        #expect(tokenizer.text(of: TokenID(-1)) == nil && tokenizer.vocabularySize == 257)
    }
}
