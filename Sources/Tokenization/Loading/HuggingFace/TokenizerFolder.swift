import ModelFiles

/// The folder of a Hugging Face model, as far as its tokenizer is concerned.
struct TokenizerFolder {
    static let descriptionName = "tokenizer.json"
    static let configName = "config.json"

    /// With its slash at the end; empty for the current folder.
    private let path: String
    private let files: any FileAccess

    /// The folder that holds `file`.
    ///
    /// - Parameter files: the way to its files, which may lie in a store.
    init(of file: String, files: any FileAccess = DiskFiles()) {
        path = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        self.files = files
    }

    /// The folder at `path`, or around the `tokenizer.json` there; nil where `path` leads to neither.
    init?(at path: String) {
        if path.split(separator: "/").last.map(String.init) == Self.descriptionName {
            self.init(of: path)
            return
        }
        let names = (try? DiskFiles().names(in: path)) ?? []
        guard names.contains(Self.descriptionName) || names.contains(Self.configName) else { return nil }
        self.init(of: path + "/")
    }

    func path(of name: String) -> String { path + name }

    /// The description of the tokenizer.
    ///
    /// - Throws: `missingTokenizer`, and what reading a file can meet.
    func description() throws(TokenizationError) -> JSONValue {
        if let description = try optional(Self.descriptionName) { return description }
        throw TokenizationError(.missingTokenizer(expected: Self.descriptionName), path: path)
    }

    /// A JSON file, where it is there.
    func optional(_ name: String) throws(TokenizationError) -> JSONValue? {
        do {
            return try JSONValue.read(path(of: name), bytes: files.bytes(of: path(of: name)))
        } catch {
            if error.code == .missingFile { return nil }
            throw TokenizationError(error)
        }
    }

    /// A text file, where it is there.
    func text(_ name: String) throws(TokenizationError) -> String? {
        do {
            let bytes = try files.bytes(of: path(of: name))
            return bytes.withSpan(0..<bytes.frontCount) { span in
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
