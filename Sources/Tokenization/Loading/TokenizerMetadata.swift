import ModelFiles

/// The look-ups of `Metadata` with the errors of this target, and the checks that token ids need.
struct TokenizerMetadata {
    private let metadata: Metadata

    init(_ metadata: Metadata) { self.metadata = metadata }

    var path: String { metadata.path }

    func value(_ key: String) -> MetadataValue? { metadata.values[key] }

    func string(_ key: String) throws(TokenizationError) -> String? {
        do { return try metadata.string(key) } catch { throw TokenizationError(error) }
    }

    func boolean(_ key: String) throws(TokenizationError) -> Bool? {
        do { return try metadata.boolean(key) } catch { throw TokenizationError(error) }
    }

    func count(_ key: String) throws(TokenizationError) -> Int? {
        do { return try metadata.count(key) } catch { throw TokenizationError(error) }
    }

    func strings(_ key: String) throws(TokenizationError) -> [String]? {
        do { return try metadata.strings(key) } catch { throw TokenizationError(error) }
    }

    func integers(_ key: String) throws(TokenizationError) -> [Int64]? {
        do { return try metadata.integers(key) } catch { throw TokenizationError(error) }
    }

    func reals(_ key: String) throws(TokenizationError) -> [Double]? {
        do { return try metadata.reals(key) } catch { throw TokenizationError(error) }
    }

    /// The value of a key that must be there.
    func required<Value>(_ key: String, _ value: Value?) throws(TokenizationError) -> Value {
        guard let value else { throw TokenizationError(.missingMetadata(key: key), path: path) }
        return value
    }

    /// The id in `tokenizer.ggml.NAME_token_id`.
    ///
    /// - Throws: `idOutOfRange`.
    func id(_ name: String, in vocabulary: Vocabulary) throws(TokenizationError) -> TokenID? {
        let key = "tokenizer.ggml.\(name)_token_id"
        // The largest 32-bit value is how converters write "none".
        guard let value = try count(key), value != Int(UInt32.max) else { return nil }
        guard value < vocabulary.count else {
            throw TokenizationError(
                .idOutOfRange(key: key, found: value, vocabularySize: vocabulary.count), path: path)
        }
        return TokenID(Int32(truncatingIfNeeded: value))
    }
}
