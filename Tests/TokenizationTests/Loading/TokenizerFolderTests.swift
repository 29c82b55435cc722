import ModelFiles
import TestSupport
import Testing
import Tokenization

@Suite("Tokenizer folders")
struct TokenizerFolderTests {
    /// A byte-level `tokenizer.json` in which a test replaces parts.
    private static func json(
        model: String = #"{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}"#,
        added: String = #"[{"id":3,"content":"<e>","special":true}]"#, normalizer: String = "null",
        pretokenizer: String = #"{"type":"ByteLevel","add_prefix_space":false}"#,
        postProcessor: String = "null"
    ) -> String {
        """
        {"model":\(model),"added_tokens":\(added),"normalizer":\(normalizer),"pre_tokenizer":\(pretokenizer),
        "post_processor":\(postProcessor),"decoder":{"type":"ByteLevel"}}
        """
    }

    /// Loads a folder of these files, of which `config.json` is one unless it is left out.
    private func load(
        _ files: [String: String], config: String? = "{}", forcing: String? = nil
    ) throws -> Tokenizer {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        if let config { try folder.write(config, to: "config.json") }
        return try Tokenizer.load(at: folder.path, forcing: forcing)
    }

    /// One thing wrong with a description, and a part of what the error says.
    struct Fault: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let json: String
        let sentence: String

        init(_ description: String, _ sentence: String, _ json: String) {
            testDescription = description
            self.json = json
            self.sentence = sentence
        }
    }

    static let faults = [
        Fault("not JSON", "tokenizer.json", "{"),
        Fault("another model", "'Unigram'", json(model: #"{"type":"Unigram"}"#)),
        Fault("no vocabulary", "model.vocab", json(model: #"{"type":"BPE","merges":[]}"#)),
        Fault("no merges", "model.merges", json(model: #"{"type":"BPE","vocab":{"a":0}}"#)),
        Fault(
            "an id of text", "a token id", json(model: #"{"type":"BPE","vocab":{"a":"0"},"merges":[]}"#)),
        Fault("a negative id", "is -1", json(model: #"{"type":"BPE","vocab":{"a":-1},"merges":[]}"#)),
        Fault("a huge id", "is 4000000", json(model: #"{"type":"BPE","vocab":{"a":4000000},"merges":[]}"#)),
        Fault(
            "one id twice", "'a' and 'b'", json(model: #"{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}"#)),
        Fault("no tokens", "no tokens", json(model: #"{"type":"BPE","vocab":{},"merges":[]}"#, added: "[]")),
        Fault("merges of unknown tokens", "'c'", json(model: #"{"vocab":{"a":0},"merges":[["a","c"]]}"#)),
        Fault("merges of three", "merge 0", json(model: #"{"vocab":{"a":0},"merges":[["a","a","a"]]}"#)),
        Fault(
            "subword prefixes", "continuing_subword_prefix",
            json(model: #"{"vocab":{"a":0},"merges":[],"continuing_subword_prefix":"@@"}"#)),
        Fault("dropout", "dropout", json(model: #"{"vocab":{"a":0},"merges":[],"dropout":0.1}"#)),
        Fault("added tokens that are no list", "added_tokens", json(added: "{}")),
        Fault("an added token without id", "added_tokens[0]", json(added: #"[{"content":"x"}]"#)),
        Fault("an added token named as another", "'a'", json(added: #"[{"id":5,"content":"a"}]"#)),
        Fault("a normalizer we lack", "'NFKC'", json(normalizer: #"{"type":"NFKC"}"#)),
        Fault(
            "a pattern we lack", #"\w+|\s+; name one with --pretokenizer NAME (`sluice"#,
            json(
                pretokenizer:
                    #"{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\w+|\\s+"},"#
                    + #""behavior":"Isolated"},{"type":"ByteLevel","use_regex":false}]}"#)),
        Fault(
            "a behavior we lack", "'MergedWithNext'",
            json(
                pretokenizer:
                    #"{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\p{N}"},"#
                    + #""behavior":"MergedWithNext"},{"type":"ByteLevel"}]}"#)),
        Fault(
            "a step we lack", "'Whitespace'",
            json(
                pretokenizer:
                    #"{"type":"Sequence","pretokenizers":[{"type":"Whitespace"},{"type":"ByteLevel"}]}"#)),
        Fault("a post-processor we lack", "'Roberta'", json(postProcessor: #"{"type":"Roberta"}"#)),
        Fault(
            "two tokens in front", "more than one token",
            json(
                postProcessor: #"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<e>"}},"#
                    + #"{"SpecialToken":{"id":"<e>"}},{"Sequence":{"id":"A"}}]}"#)),
    ]

    @Test("refuses a description it cannot follow and says why", arguments: faults)
    func refuses(fault: Fault) throws {
        let error = #expect(throws: TokenizationError.self) { try load(["tokenizer.json": fault.json]) }
        #expect(error?.description.contains(fault.sentence) == true, "\(error?.description ?? "no error")")
    }

    @Test("a folder without tokenizer.json is an error that names it")
    func missing() throws {
        let error = #expect(throws: TokenizationError.self) { try load([:]) }
        #expect(error?.code == .missingTokenizer(expected: "tokenizer.json"))
        #expect(error?.description.hasSuffix("or give ids with --tokens / --tokens-file") == true)
    }

    @Test("an error of a file names its path once")
    func path() throws {
        let error = #expect(throws: TokenizationError.self) { try load(["tokenizer.json": "{"]) }
        #expect(error?.description.split(separator: "tokenizer.json").count == 2)
    }

    @Test("a folder without config.json, and tokenizer.json by its own path, are read")
    func withoutConfig() throws {
        #expect(try load(["tokenizer.json": Self.json()], config: nil).encode("ab").map(\.rawValue) == [2])
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.json(), to: "tokenizer.json")
        #expect(try Tokenizer.load(at: file).encode("ab").map(\.rawValue) == [2])
    }

    @Test("ends of generation in config.json may be several, and must be ids")
    func ends() throws {
        let files = ["tokenizer.json": Self.json()]
        let ends = try load(files, config: #"{"eos_token_id":[0,1]}"#).endOfGeneration
        #expect(ends.isSuperset(of: [TokenID(0), TokenID(1)]))
        let error = #expect(throws: TokenizationError.self) {
            try load(files, config: #"{"eos_token_id":44}"#)
        }
        #expect(error?.path.hasSuffix("/config.json") == true)
    }

    @Test("an unknown pattern can be replaced by name")
    func forcing() throws {
        let pretokenizer =
            #"{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"x"},"#
            + #""behavior":"Isolated"},"#
            + #"{"type":"ByteLevel","use_regex":false}]}"#
        let files = ["tokenizer.json": Self.json(pretokenizer: pretokenizer)]
        #expect(try load(files, forcing: "qwen2").encode("ab").map(\.rawValue) == [2])
        let error = #expect(throws: TokenizationError.self) { try load(files) }
        #expect(error?.code == .unknownPretokenizerPattern(pattern: "x"))
    }

    @Test("the files beside it say what starts and ends a text, and what ends generation")
    func settings() throws {
        let added = #"[{"id":3,"content":"<e>","special":true},{"id":4,"content":"<b>","special":true}]"#
        let files = [
            "tokenizer.json": Self.json(added: added),
            "tokenizer_config.json":
                #"{"bos_token":{"content":"<b>"},"eos_token":"<e>","add_bos_token":true,"#
                + #""chat_template":"T"}"#,
            "generation_config.json": #"{"eos_token_id":[3,0]}"#,
        ]
        let tokenizer = try load(files, config: #"{"eos_token_id":1}"#)
        #expect(try tokenizer.encode("ab").map(\.rawValue) == [4, 2])
        #expect(tokenizer.bos == TokenID(4) && tokenizer.eos == TokenID(3) && tokenizer.chatTemplate == "T")
        #expect(tokenizer.endOfGeneration == [TokenID(0), TokenID(1), TokenID(3)])
    }

    @Test("a chat template may stand in a file of its own, or be one of several")
    func templates() throws {
        let named = #"{"chat_template":[{"name":"rag","template":"R"},{"name":"default","template":"D"}]}"#
        let several = ["tokenizer.json": Self.json(), "tokenizer_config.json": named]
        #expect(try load(several).chatTemplate == "D")
        #expect(try load(["tokenizer.json": Self.json(), "chat_template.jinja": "J"]).chatTemplate == "J")
        #expect(try load(["tokenizer.json": Self.json()]).chatTemplate == nil)
    }

    @Test("an end id outside the vocabulary is an error")
    func badEnd() throws {
        let files = ["tokenizer.json": Self.json(), "generation_config.json": #"{"eos_token_id":44}"#]
        let error = #expect(throws: TokenizationError.self) { try load(files) }
        #expect(error?.code == .idOutOfRange(key: "eos_token_id", found: 44, vocabularySize: 4))
    }
}
