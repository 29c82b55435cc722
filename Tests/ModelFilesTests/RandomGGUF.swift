import ModelFiles
import TestSupport

/// Makes random valid GGUF files together with the metadata that they must give.
struct RandomGGUF {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// A file and what reading it must give.
    mutating func file() -> (writer: GGUFWriter, expected: [String: MetadataValue]) {
        let alignment = 8 << integer(in: 0...6)
        var metadata: [(key: String, value: GGUFWriter.Value)] = [
            ("general.alignment", .uint32(UInt32(alignment)))
        ]
        var expected: [String: MetadataValue] = ["general.alignment": .integer(Int64(alignment))]
        for index in 0..<integer(in: 0...12) {
            let (value, reads) = value(depth: 0)
            metadata.append(("key.\(index)", value))
            expected["key.\(index)"] = reads
        }
        let tensors = (0..<integer(in: 0...5)).map { tensor(named: "tensor.\($0)") }
        return (GGUFWriter(metadata: metadata, tensors: tensors, alignment: alignment), expected)
    }

    private mutating func integer(in range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }

    private mutating func bits() -> UInt64 {
        // Small numbers as often as large ones.
        generator.next() >> UInt64(integer(in: 0...63))
    }

    private mutating func tensor(named name: String) -> GGUFWriter.Tensor {
        // Type, elements and bytes of a block, after ggml's definitions.
        let formats: [(UInt32, Int, Int)] = [
            (0, 1, 4), (1, 1, 2), (30, 1, 2), (2, 32, 18), (8, 32, 34), (12, 256, 144), (39, 32, 17),
        ]
        let (type, elements, bytes) = formats[integer(in: 0...formats.count - 1)]
        let blocks = integer(in: 1...3)
        let outer = (0..<integer(in: 0...3)).map { _ in integer(in: 1...4) }
        return GGUFWriter.Tensor(
            name, type: type, dimensions: [UInt64(blocks * elements)] + outer.map(UInt64.init),
            data: SampleModels.counted(outer.reduce(blocks * bytes, *)))
    }

    private mutating func text() -> String {
        let letters = ["a", "Z", " ", "é", "ß", "你", "😀", "\n", "\0", "e\u{301}"]
        return (0..<integer(in: 0...20)).map { _ in letters[integer(in: 0...letters.count - 1)] }.joined()
    }

    /// A value of any type and what it must be read as; arrays nest up to 8 deep.
    private mutating func value(depth: Int) -> (GGUFWriter.Value, MetadataValue) {
        let kind = integer(in: 0...12)
        guard kind == 9 else { return scalar(kind) }
        let inner = depth < 7 ? integer(in: 0...12) : 4
        let count = integer(in: 0...4)
        if inner == 9 {
            var (values, expected): ([GGUFWriter.Value], [MetadataValue]) = ([], [])
            for _ in 0..<count {
                let (value, reads) = array(depth: depth + 1)
                values.append(value)
                expected.append(reads)
            }
            return (.array(type: 9, values), .list(expected))
        }
        return array(of: inner, count: count)
    }

    private mutating func array(depth: Int) -> (GGUFWriter.Value, MetadataValue) {
        while true {
            let found = value(depth: depth)
            if case .array = found.0 { return found }
        }
    }

    private mutating func array(of kind: Int, count: Int) -> (GGUFWriter.Value, MetadataValue) {
        var (values, expected): ([GGUFWriter.Value], [MetadataValue]) = ([], [])
        for _ in 0..<count {
            let (value, reads) = scalar(kind)
            values.append(value)
            expected.append(reads)
        }
        return (.array(type: UInt32(kind), values), joined(expected, kind: kind))
    }

    private func joined(_ values: [MetadataValue], kind: Int) -> MetadataValue {
        switch kind {
        case 6, 12: return .reals(values.compactMap { if case .real(let value) = $0 { value } else { nil } })
        case 7:
            return .booleans(values.compactMap { if case .boolean(let value) = $0 { value } else { nil } })
        case 8: return .strings(values.compactMap { if case .string(let value) = $0 { value } else { nil } })
        default:
            let integers = values.compactMap { if case .integer(let value) = $0 { value } else { nil } }
            return integers.count == values.count ? .integers(integers) : .list(values)
        }
    }

    private mutating func scalar(_ kind: Int) -> (GGUFWriter.Value, MetadataValue) {
        let bits = bits()
        switch kind {
        case 0:
            return (.uint8(UInt8(truncatingIfNeeded: bits)), .integer(Int64(UInt8(truncatingIfNeeded: bits))))
        case 1:
            return (.int8(Int8(truncatingIfNeeded: bits)), .integer(Int64(Int8(truncatingIfNeeded: bits))))
        case 2:
            return (
                .uint16(UInt16(truncatingIfNeeded: bits)), .integer(Int64(UInt16(truncatingIfNeeded: bits)))
            )
        case 3:
            return (.int16(Int16(truncatingIfNeeded: bits)), .integer(Int64(Int16(truncatingIfNeeded: bits))))
        case 4:
            return (
                .uint32(UInt32(truncatingIfNeeded: bits)), .integer(Int64(UInt32(truncatingIfNeeded: bits)))
            )
        case 5:
            return (.int32(Int32(truncatingIfNeeded: bits)), .integer(Int64(Int32(truncatingIfNeeded: bits))))
        case 6:
            let value = generator.float(in: -100..<100)
            return (.float32(value), .real(Double(value)))
        case 7: return (.boolean(bits % 2 == 1), .boolean(bits % 2 == 1))
        case 8:
            let text = text()
            return (.string(text), .string(text))
        case 10: return (.uint64(bits), Int64(exactly: bits).map(MetadataValue.integer) ?? .unsigned(bits))
        case 11: return (.int64(Int64(bitPattern: bits)), .integer(Int64(bitPattern: bits)))
        default:
            let value = Double(generator.float(in: -100..<100)) / 3
            return (.float64(value), .real(value))
        }
    }
}
