/// Reads the metadata entries of a GGUF file.
///
/// Integers of every width become `.integer`; only those beyond 63 bits stay `.unsigned`.
struct GGUFMetadataReader {
    private(set) var values: [String: MetadataValue] = [:]
    /// Where the value of `general.alignment` stands, for errors about it.
    private(set) var alignmentOffset: Int?

    /// Reads one key with its value.
    ///
    /// - Throws: `duplicateMetadata`, `unknownMetadataType`, `truncated` and what the value's type can
    ///   violate.
    mutating func readEntry(_ cursor: inout ByteCursor) throws(ModelFileError) {
        let start = cursor.offset
        cursor.key = nil
        let key = try cursor.readString(limit: FileLimits.keyBytes, "a metadata key")
        guard !key.isEmpty else { throw cursor.error(.emptyName, at: start) }
        cursor.key = key
        guard values[key] == nil else { throw cursor.error(.duplicateMetadata, at: start) }
        let type = try readType(&cursor)
        if key == GGUFHeader.alignmentKey { alignmentOffset = cursor.offset }
        values[key] = try readValue(type, &cursor, depth: 0)
        cursor.key = nil
    }

    private func readType(_ cursor: inout ByteCursor) throws(ModelFileError) -> GGUFValueType {
        let start = cursor.offset
        let number = try cursor.read(UInt32.self, "a metadata type")
        guard let type = GGUFValueType(rawValue: number) else {
            throw cursor.error(.unknownMetadataType(found: number), at: start)
        }
        return type
    }

    private func readValue(
        _ type: GGUFValueType, _ cursor: inout ByteCursor, depth: Int
    ) throws(ModelFileError) -> MetadataValue {
        switch type {
        case .float32, .float64: return .real(try readReal(type, &cursor))
        case .boolean: return .boolean(try readBoolean(&cursor))
        case .string: return .string(try readText(&cursor))
        case .array: return try readArray(&cursor, depth: depth)
        case .uint64:
            let value = try cursor.read(UInt64.self, "a value")
            return Int64(exactly: value).map(MetadataValue.integer) ?? .unsigned(value)
        default: return .integer(try readInteger(type, &cursor))
        }
    }

    private func readText(_ cursor: inout ByteCursor) throws(ModelFileError) -> String {
        try cursor.readString(limit: FileLimits.stringBytes, "a string")
    }

    private func readInteger(_ type: GGUFValueType, _ cursor: inout ByteCursor) throws(ModelFileError)
        -> Int64
    {
        switch type {
        case .uint8: Int64(try cursor.read(UInt8.self, "a value"))
        case .int8: Int64(try cursor.read(Int8.self, "a value"))
        case .uint16: Int64(try cursor.read(UInt16.self, "a value"))
        case .int16: Int64(try cursor.read(Int16.self, "a value"))
        case .uint32: Int64(try cursor.read(UInt32.self, "a value"))
        case .int32: Int64(try cursor.read(Int32.self, "a value"))
        default: try cursor.read(Int64.self, "a value")
        }
    }

    private func readReal(_ type: GGUFValueType, _ cursor: inout ByteCursor) throws(ModelFileError) -> Double
    {
        type == .float32
            ? Double(Float(bitPattern: try cursor.read(UInt32.self, "a value")))
            : Double(bitPattern: try cursor.read(UInt64.self, "a value"))
    }

    private func readBoolean(_ cursor: inout ByteCursor) throws(ModelFileError) -> Bool {
        let start = cursor.offset
        let byte = try cursor.read(UInt8.self, "a boolean")
        guard byte <= 1 else { throw cursor.error(.invalidBoolean(found: byte), at: start) }
        return byte == 1
    }

    private func readArray(_ cursor: inout ByteCursor, depth: Int) throws(ModelFileError) -> MetadataValue {
        guard depth < FileLimits.arrayNesting else {
            let found = UInt64(depth + 1)
            throw cursor.error(
                .limitExceeded(
                    limit: "the depth of nested arrays", found: found,
                    maximum: UInt64(FileLimits.arrayNesting)))
        }
        let type = try readType(&cursor)
        let start = cursor.offset
        let claimed = try cursor.read(UInt64.self, "the length of an array")
        let count = try cursor.check(
            count: claimed, of: type.minimumBytes, limit: FileLimits.arrayElements,
            as: "the elements of an array",
            start: start)
        switch type {
        case .string: return .strings(try collect(count, &cursor, readText))
        case .boolean: return .booleans(try collect(count, &cursor, readBoolean))
        case .float32, .float64:
            return .reals(
                try collect(count, &cursor) { (cursor) throws(ModelFileError) in try readReal(type, &cursor) }
            )
        case .array, .uint64:
            let list = try collect(count, &cursor) { (cursor) throws(ModelFileError) in
                try readValue(type, &cursor, depth: depth + 1)
            }
            return type == .array ? .list(list) : Self.integersIfTheyFit(list)
        default:
            return .integers(
                try collect(count, &cursor) { (cursor) throws(ModelFileError) in
                    try readInteger(type, &cursor)
                })
        }
    }

    /// Reads `count` elements; the caller has checked that the file can hold them.
    private func collect<Element>(
        _ count: Int, _ cursor: inout ByteCursor,
        _ read: (inout ByteCursor) throws(ModelFileError) -> Element
    ) throws(ModelFileError) -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try read(&cursor)) }
        return elements
    }

    private static func integersIfTheyFit(_ list: [MetadataValue]) -> MetadataValue {
        var integers: [Int64] = []
        integers.reserveCapacity(list.count)
        for element in list {
            guard case .integer(let value) = element else { return .list(list) }
            integers.append(value)
        }
        return .integers(integers)
    }
}
