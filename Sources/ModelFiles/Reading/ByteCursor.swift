/// Reads a file front to back and knows, for errors, where it is and what it is reading.
struct ByteCursor {
    let bytes: FileBytes
    let path: String
    var offset = 0
    /// Where reading ends.
    var end: Int
    /// The metadata key being read, once it is known.
    var key: String?
    /// The tensor being read, once it is known.
    var tensor: String?

    init(_ bytes: FileBytes, path: String) {
        self.bytes = bytes
        self.path = path
        end = bytes.frontCount
    }

    var remaining: Int { end - offset }

    /// An error about the byte at `offset` (where the cursor stands, if not given).
    func error(_ code: ModelFileError.Code, at offset: Int? = nil) -> ModelFileError {
        ModelFileError(code, path: path, offset: offset ?? self.offset, key: key, tensor: tensor)
    }

    /// Checks that `count` things of at least `minimumBytes` each can still follow, before room for them is
    /// made.
    ///
    /// - Parameter start: where the count itself was read, for the error.
    /// - Throws: `truncated`; `limitExceeded` where there are more than `limit`.
    func check(
        count: UInt64, of minimumBytes: Int, limit: Int, as what: String, start: Int
    ) throws(ModelFileError) -> Int {
        guard count <= UInt64(limit) else {
            throw error(.limitExceeded(limit: what, found: count, maximum: UInt64(limit)), at: start)
        }
        // Both factors are bounded (limits are below 2^31), so the product fits.
        let needed = count * UInt64(minimumBytes)
        guard needed <= UInt64(remaining) else {
            throw error(.truncated(reading: what, needed: needed, available: UInt64(remaining)), at: start)
        }
        return Int(count)
    }

    /// The next little-endian integer.
    ///
    /// - Throws: `truncated`, saying that `what` was being read.
    mutating func read<Value: FixedWidthInteger>(
        _ type: Value.Type, _ what: @autoclosure () -> String
    ) throws(ModelFileError) -> Value {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else {
            throw error(.truncated(reading: what(), needed: UInt64(size), available: UInt64(remaining)))
        }
        defer { offset += size }
        return bytes.load(type, at: offset)
    }

    /// The next string: a 64-bit length and that many bytes of UTF-8.
    ///
    /// - Throws: `truncated`, `limitExceeded`, `invalidText`.
    mutating func readString(limit: Int, _ what: @autoclosure () -> String) throws(ModelFileError) -> String {
        let start = offset
        let length = try read(UInt64.self, "the length of \(what())")
        guard length <= UInt64(limit) else {
            let limited = "the length of \(what())"
            throw error(.limitExceeded(limit: limited, found: length, maximum: UInt64(limit)), at: start)
        }
        guard length <= UInt64(remaining) else {
            throw error(.truncated(reading: what(), needed: length, available: UInt64(remaining)), at: start)
        }
        let range = offset..<offset + Int(length)
        offset = range.upperBound
        let text: String? = bytes.withSpan(range) { span in
            unsafe span.withUnsafeBufferPointer { unsafe String(validating: $0, as: UTF8.self) }
        }
        if let text { return text }
        // Repairing it would change a token or a name without a word.
        let shown = bytes.withSpan(range.prefix(64)) { span in
            unsafe span.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        }
        throw error(.invalidText(found: quoted(shown)), at: range.lowerBound)
    }
}
