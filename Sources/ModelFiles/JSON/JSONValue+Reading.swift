extension JSONValue {
    /// Reads a JSON file of at most 100 MB, for example `tokenizer.json`.
    ///
    /// - Throws: `invalidJSON` with the byte offset, `limitExceeded`, and what opening a file can meet.
    public static func read(_ path: String) throws(ModelFileError) -> JSONValue {
        try read(path, bytes: DiskFiles().bytes(of: path))
    }

    /// Reads all of `bytes`.
    ///
    /// - Parameter path: the file that errors name.
    package static func read(_ path: String, bytes: FileBytes) throws(ModelFileError) -> JSONValue {
        guard bytes.frontCount == bytes.count else {
            throw ModelFileError(.scatteredBytes(count: bytes.count), path: path)
        }
        return try read(path, bytes: bytes, range: 0..<bytes.count)
    }

    /// Reads the part of a file that is JSON.
    static func read(
        _ path: String, bytes: FileBytes, range: Range<Int>, outerNames: JSONParser.OuterNames = .keys
    ) throws(ModelFileError) -> JSONValue {
        guard range.count <= FileLimits.jsonBytes else {
            let code = ModelFileError.Code.limitExceeded(
                limit: "the bytes of JSON", found: UInt64(range.count), maximum: UInt64(FileLimits.jsonBytes))
            throw ModelFileError(code, path: path, offset: range.lowerBound)
        }
        return try bytes.withSpan(range) { (span) throws(ModelFileError) in
            var parser = JSONParser(path: path, start: range.lowerBound, outerNames: outerNames)
            return try parser.parseDocument(span)
        }
    }

    /// Parses JSON text that did not come from a file of its own.
    ///
    /// - Parameter path: what errors name.
    public static func parse(_ text: String, path: String) throws(ModelFileError) -> JSONValue {
        let bytes = FileBytes(copying: Array(text.utf8))
        return try read(path, bytes: bytes)
    }
}
