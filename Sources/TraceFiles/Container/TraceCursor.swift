import ModelFiles

/// Reads little-endian numbers and strings out of bytes of a file, and knows for errors where they stand.
struct TraceCursor {
    private let bytes: [UInt8]
    private let path: String
    /// Where the bytes start in the file.
    private let fileOffset: Int
    /// The next byte.
    private(set) var position = 0

    init(_ bytes: [UInt8], path: String, fileOffset: Int) {
        self.bytes = bytes
        self.path = path
        self.fileOffset = fileOffset
    }

    var remaining: Int { bytes.count - position }

    /// An error about the byte `back` bytes before the next.
    func error(_ code: TraceFilesError.Code, back: Int = 0) -> TraceFilesError {
        TraceFilesError(code, path: path, offset: fileOffset + position - back)
    }

    mutating func skip(_ count: Int) { position += count }

    /// Checks that `count` things of `size` bytes can still follow, before room for them is made.
    ///
    /// - Precondition: both are below 2^31.
    func check(count: Int, of size: Int, _ what: String) throws(TraceFilesError) {
        guard count * size <= remaining else {
            throw error(
                .truncated(reading: what, needed: UInt64(count * size), available: UInt64(remaining)))
        }
    }

    /// The next number.
    ///
    /// - Throws: `truncated`.
    mutating func read<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type, _ what: @autoclosure () -> String
    ) throws(TraceFilesError) -> Value {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else {
            throw error(.truncated(reading: what(), needed: UInt64(size), available: UInt64(remaining)))
        }
        var value: Value = 0
        for index in 0..<size { value |= Value(bytes[position + index]) << Value(8 * index) }
        position += size
        return value
    }

    /// The next number of 32 bits, which counts something.
    ///
    /// - Throws: `truncated`; `limitExceeded` above the range, `invalid` below.
    mutating func readCount(_ what: String, _ range: ClosedRange<Int>) throws(TraceFilesError) -> Int {
        let count = try read(UInt32.self, "the number of \(what)")
        guard count <= UInt32(clamping: range.upperBound) else {
            throw error(
                .limitExceeded(
                    limit: "the number of \(what)", found: UInt64(count), maximum: UInt64(range.upperBound)),
                back: 4)
        }
        guard count >= UInt32(clamping: range.lowerBound) else {
            throw error(
                .invalid(found: "\(count) \(what)", expected: "at least \(range.lowerBound)"), back: 4)
        }
        return Int(count)
    }

    /// The next string: a length of 32 bits and that many bytes of UTF-8.
    ///
    /// - Throws: `truncated`, `invalid`.
    mutating func readString(_ what: @autoclosure () -> String) throws(TraceFilesError) -> String {
        let length = Int(try read(UInt32.self, "the length of \(what())"))
        guard length <= remaining else {
            throw error(
                .truncated(reading: what(), needed: UInt64(length), available: UInt64(remaining)), back: 4)
        }
        let field = bytes[position..<position + length]
        guard let text = String(validating: field, as: UTF8.self) else {
            let shown = quoted(String(decoding: field.prefix(64), as: UTF8.self))
            throw error(.invalid(found: "the text \(shown)", expected: "valid UTF-8"))
        }
        position += length
        return text
    }
}

extension [UInt8] {
    /// Adds a number, its low byte first.
    mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
        for index in 0..<value.bitWidth / 8 { append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }

    /// Adds a length of 32 bits and the UTF-8 of `text`.
    mutating func append(string text: String) {
        append(littleEndian: UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}
