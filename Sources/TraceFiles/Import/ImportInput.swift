import ModelFiles

/// A file that is being read, and what is known about it from outside.
struct ImportInput {
    let path: String
    let bytes: FileBytes
    let facts: ImportFacts
    /// Told how many bytes of how many are done.
    let progress: (Int, Int) -> Void

    /// Bytes between two reports of progress.
    static let progressBytes = 4 << 20

    /// Where in the file something stands: a line of a text from 1, or a byte from 0.
    enum Place {
        case line(Int)
        case byte(Int)
        /// An element, from 0, of an array with a name.
        case token(Int, of: String)
        /// The file as a whole.
        case file
    }

    /// An error about the content.
    func malformed(
        _ found: String, expected: String, advice: String, at place: Place
    ) -> TraceFilesError {
        var found = found
        if case .token(let index, let name) = place { found += " at token \(index) of \(name)" }
        return error(.malformed(found: found, expected: expected, advice: advice), at: place)
    }

    /// An error with any code.
    func error(_ code: TraceFilesError.Code, at place: Place) -> TraceFilesError {
        switch place {
        case .line(let line): TraceFilesError(code, path: path, line: line)
        case .byte(let offset): TraceFilesError(code, path: path, offset: offset)
        case .token, .file: TraceFilesError(code, path: path)
        }
    }

    /// Calls `body` with all bytes of the file.
    func withBytes<Result>(
        _ body: (Span<UInt8>) throws(TraceFilesError) -> Result
    ) throws(TraceFilesError) -> Result {
        try bytes.withSpan(0..<bytes.count, body)
    }
}
