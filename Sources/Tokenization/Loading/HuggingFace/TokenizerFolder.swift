import ModelFiles

/// The folder of a Hugging Face model, as far as its tokenizer is concerned.
struct TokenizerFolder {
    private let path: String

    /// - Parameter metadata: of the model, whose `config.json` stands in the folder.
    let metadata: TokenizerMetadata

    init(_ metadata: Metadata) {
        self.metadata = TokenizerMetadata(metadata)
        let config = metadata.path
        path = config.lastIndex(of: "/").map { String(config[...$0]) } ?? ""
    }

    func path(of name: String) -> String { path + name }

    /// A JSON file that must be there.
    func required(_ name: String) throws(TokenizationError) -> JSONValue {
        do { return try JSONValue.read(path(of: name)) } catch { throw TokenizationError(error) }
    }

    /// A JSON file, where it is there.
    func optional(_ name: String) throws(TokenizationError) -> JSONValue? {
        do {
            return try JSONValue.read(path(of: name))
        } catch {
            if error.code == .missingFile { return nil }
            throw TokenizationError(error)
        }
    }

    /// A text file, where it is there.
    func text(_ name: String) throws(TokenizationError) -> String? {
        do {
            let bytes = try DiskFiles().bytes(of: path(of: name))
            return bytes.withSpan(0..<bytes.count) { span in
                var copy: [UInt8] = []
                copy.reserveCapacity(span.count)
                for index in 0..<span.count { copy.append(span[index]) }
                return String(decoding: copy, as: UTF8.self)
            }
        } catch {
            if error.code == .missingFile || error.code == .emptyFile { return nil }
            throw TokenizationError(error)
        }
    }
}
