import ModelFiles

/// An array as NumPy's `save` writes it: a header that names type and shape, then the elements.
///
/// Layout: `\x93NUMPY`, major and minor version, the header's length (u16 in version 1, u32 in 2 and 3), the
/// header as a Python dictionary, the elements in C order.
///
/// Source: NumPy Enhancement Proposal 1 (`numpy.lib.format`).
struct NumPyArray {
    /// The kinds of numbers that are read.
    enum ElementType: String, CaseIterable {
        case boolean = "b1"
        case int8 = "i1"
        case int16 = "i2"
        case int32 = "i4"
        case int64 = "i8"
        case uint8 = "u1"
        case uint16 = "u2"
        case uint32 = "u4"
        case uint64 = "u8"
        case float32 = "f4"
        case float64 = "f8"

        var byteCount: Int { rawValue.last?.wholeNumberValue ?? 1 }
        var isReal: Bool { self == .float32 || self == .float64 }
    }

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    let type: ElementType
    /// Outermost first.
    let shape: [Int]
    /// Where the elements start, in the bytes that were given.
    let start: Int

    /// How many elements there are.
    var count: Int { shape.reduce(1, *) }

    /// Reads the header in `range` of `bytes`, and checks that all elements follow.
    ///
    /// - Parameter what: the array's name for errors.
    /// - Throws: for another magic, version, type, order or size; places are bytes of the file.
    init(
        _ bytes: Span<UInt8>, _ range: Range<Int>, what: String, of input: ImportInput
    ) throws(TraceFilesError) {
        let first = range.lowerBound
        guard range.count >= 12, Self.magic.indices.allSatisfy({ bytes[first + $0] == Self.magic[$0] }) else {
            throw Self.unexpected("other bytes", "NumPy's magic", what, first, input)
        }
        let version = bytes[first + 6]
        guard (1...3).contains(version) else {
            throw Self.unexpected("version \(version)", "1, 2 or 3", what, first + 6, input)
        }
        let isShort = version == 1
        let length =
            isShort
            ? Int(LittleEndian.load(UInt16.self, bytes, at: first + 8))
            : Int(LittleEndian.load(UInt32.self, bytes, at: first + 8))
        let header = first + (isShort ? 10 : 12)
        guard length <= ImportLimits.arrayHeaderBytes, length <= range.upperBound - header else {
            throw input.error(
                .truncated(
                    reading: "the header of \(what)", needed: UInt64(length),
                    available: UInt64(max(0, range.upperBound - header))), at: .byte(first + 8))
        }
        let text = TextLines.string(bytes, header..<header + length)
        start = header + length
        (type, shape) = try Self.read(text, what, header, input)
        var size = type.byteCount
        for extent in shape {
            // An extent of 0 does not hide that the others together are no size.
            let (product, overflow) = size.multipliedReportingOverflow(by: max(extent, 1))
            guard !overflow else { throw Self.unexpected("shape \(shape)", "a size", what, header, input) }
            size = product
        }
        if shape.contains(0) { size = 0 }
        guard size <= range.upperBound - start else {
            throw input.error(
                .truncated(
                    reading: "the elements of \(what), shape \(shape)", needed: UInt64(size),
                    available: UInt64(range.upperBound - start)), at: .byte(start))
        }
    }

    /// The element with the number `index` as an integer; nil where it is a fraction or too large.
    func integer(_ bytes: Span<UInt8>, _ index: Int) -> Int? {
        let offset = start + index * type.byteCount
        switch type {
        case .boolean, .uint8: return Int(bytes[offset])
        case .int8: return Int(Int8(bitPattern: bytes[offset]))
        case .int16: return Int(LittleEndian.load(Int16.self, bytes, at: offset))
        case .uint16: return Int(LittleEndian.load(UInt16.self, bytes, at: offset))
        case .int32: return Int(LittleEndian.load(Int32.self, bytes, at: offset))
        case .uint32: return Int(LittleEndian.load(UInt32.self, bytes, at: offset))
        case .int64: return Int(LittleEndian.load(Int64.self, bytes, at: offset))
        case .uint64: return Int(exactly: LittleEndian.load(UInt64.self, bytes, at: offset))
        case .float32:
            return Int(exactly: Float(bitPattern: LittleEndian.load(UInt32.self, bytes, at: offset)))
        case .float64:
            return Int(exactly: Double(bitPattern: LittleEndian.load(UInt64.self, bytes, at: offset)))
        }
    }

    // MARK: - The header

    private static func read(
        _ text: String, _ what: String, _ offset: Int, _ input: ImportInput
    ) throws(TraceFilesError) -> (ElementType, [Int]) {
        guard let description = value("descr", text), let order = value("fortran_order", text),
            let extents = value("shape", text)
        else { throw unexpected(quoted(text), "descr, fortran_order and shape", what, offset, input) }
        let name = description.filter { $0 != "'" && $0 != "\"" }
        guard let type = ElementType(rawValue: String(name.drop { "<|=".contains($0) })) else {
            throw unexpected(
                "elements of type \(quoted(String(name)))", "little-endian integers or floats", what, offset,
                input, advice: "save it again with .astype('<i4')")
        }
        guard order == "False" else {
            throw unexpected(
                "Fortran order", "C order", what, offset, input,
                advice: "save it again with numpy.ascontiguousarray")
        }
        var shape: [Int] = []
        for part in extents.filter({ $0 != "(" && $0 != ")" && $0 != " " }).split(separator: ",") {
            guard let extent = Int(part), extent >= 0 else {
                throw unexpected("shape \(extents)", "a list of sizes", what, offset, input)
            }
            shape.append(extent)
        }
        return (type, shape)
    }

    /// The text behind `'key':` up to the next comma outside of parentheses or the brace.
    private static func value(_ key: String, _ text: String) -> Substring? {
        for name in ["'\(key)':", "\"\(key)\":"] {
            guard let range = text.firstRange(of: name) else { continue }
            var depth = 0
            let rest = text[range.upperBound...].drop { $0 == " " }
            return rest.prefix { character in
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return !(character == "," && depth == 0) && character != "}"
            }
        }
        return nil
    }

    private static func unexpected(
        _ found: String, _ expected: String, _ what: String, _ offset: Int, _ input: ImportInput,
        advice: String = "save the array again with numpy.save"
    ) -> TraceFilesError {
        input.malformed("\(found) in \(what)", expected: expected, advice: advice, at: .byte(offset))
    }
}
