/// The bytes of a file being written, with names for the places that tests want to find again.
public struct MarkedBytes: Sendable {
    /// What has been written.
    public var bytes: [UInt8] = []
    /// Where the named places are.
    public private(set) var marks: [String: Int] = [:]

    /// Starts an empty file.
    public init() {}

    /// Names the place where the next byte goes.
    public mutating func mark(_ name: String) { marks[name] = bytes.count }

    /// Where `name` is.
    ///
    /// - Precondition: it was marked.
    public func offset(_ name: String) -> Int {
        guard let offset = marks[name] else {
            preconditionFailure("no mark '\(name)'; there are \(marks.keys.sorted())")
        }
        return offset
    }

    /// Adds a little-endian integer, naming its place if told.
    public mutating func append(_ number: some FixedWidthInteger, as name: String? = nil) {
        if let name { mark(name) }
        bytes += LittleEndian.bytes(number)
    }

    /// Adds a GGUF string: its length in 64 bits, then its bytes.
    public mutating func append(string: String) {
        append(UInt64(string.utf8.count))
        bytes += Array(string.utf8)
    }

    /// Adds zeros up to `size`.
    public mutating func pad(to size: Int) {
        bytes += [UInt8](repeating: 0, count: max(0, size - bytes.count))
    }

    /// Overwrites the integer at a named place.
    public mutating func set(_ name: String, to number: some FixedWidthInteger) {
        let new = LittleEndian.bytes(number)
        let offset = offset(name)
        bytes.replaceSubrange(offset..<offset + new.count, with: new)
    }
}

/// Integers as files hold them.
public enum LittleEndian {
    /// The bytes of an integer, lowest first.
    public static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// The bytes of Float32 values.
    public static func bytes(_ values: [Float]) -> [UInt8] { values.flatMap { bytes($0.bitPattern) } }
}
