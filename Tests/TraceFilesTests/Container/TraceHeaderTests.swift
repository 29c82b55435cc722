import Kernels
import Residency
import TestSupport
import Testing
import TraceFiles

/// Files whose checksums are right and whose values cannot be.
@Suite("Hostile trace files")
struct TraceHeaderTests {
    /// Where fields of the small trace stand: the name has 9 bytes, there are 2 layers and no notes.
    private enum Place {
        static let description = 24
        static let kind = description
        static let columns = kind + 1
        static let isKnown = columns + 1
        static let nameLength = isKnown + 9
        static let layers = nameLength + 4 + 9
        static let experts = layers + 4
        static let perToken = experts + 4
        static let firstExpertBytes = perToken + 8
        static let candidateColumns = firstExpertBytes + 8 + 12
        static let predictorLength = candidateColumns + 4
        static let distance = predictorLength + 4 + 12
        static let count = distance + 4
        static let notes = count + 4
        static let block = notes + 4
    }

    /// The small trace with bytes changed and the checksums of header and first block put right.
    private static func file(_ change: (inout [UInt8]) -> Void) throws -> [UInt8] {
        var bytes = try RandomTrace.small().fileBytes(rows: 12)
        change(&bytes)
        seal(&bytes, 20, covering: 0..<20) {
            seal(&$0, 16, covering: Place.description..<Place.block)
        }
        seal(&bytes, Place.block + 16, covering: Place.block..<Place.block + 16)
        return bytes
    }

    private static func seal(
        _ bytes: inout [UInt8], _ place: Int, covering range: Range<Int>,
        first: (inout [UInt8]) -> Void = { _ in }
    ) {
        first(&bytes)
        var checksum = Checksum()
        checksum.append(Array(bytes[range]).span)
        bytes.put(checksum.value, at: place)
    }

    private static func error(_ change: (inout [UInt8]) -> Void) throws -> TraceFilesError? {
        let bytes = try file(change)
        return #expect(throws: TraceFilesError.self) {
            try TraceFile(MemoryTraceInput(bytes: bytes), path: "memory")
        }
    }

    @Test("the places of this test are those of the file")
    func places() throws {
        let bytes = try Self.file { _ in }
        #expect(try TraceFile(MemoryTraceInput(bytes: bytes), path: "memory").routing == RandomTrace.small())
        #expect(bytes[Place.layers] == 2 && bytes[Place.experts] == 8 && bytes[Place.block] == 12)
    }

    @Test("another version is named before anything else is looked at")
    func version() throws {
        var bytes = try Self.file { _ in }
        bytes[8] = 2
        let error = #expect(throws: TraceFilesError.self) {
            try TraceFile(MemoryTraceInput(bytes: bytes), path: "memory")
        }
        #expect(error == TraceFilesError(.unsupportedVersion(found: 2), path: "memory", offset: 8))
    }

    @Test("a file of another kind is told by its first bytes")
    func otherFile() throws {
        let error = #expect(throws: TraceFilesError.self) {
            try TraceFile(MemoryTraceInput(bytes: Array("GGUFxxxxxxxxx".utf8)), path: "memory")
        }
        #expect(error?.code == .unknownContainer(found: "47 47 55 46 78 78 78 78"))
    }

    @Test(
        "a value that cannot be is an error at its place",
        arguments: [
            (Place.kind, 9), (Place.columns, 0x80), (Place.isKnown, 2),
        ])
    func badBytes(place: Int, value: Int) throws {
        let error = try Self.error { $0[place] = UInt8(value) }
        #expect(error?.offset == place)
        guard case .invalid = error?.code else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "a number out of range is an error at its place",
        arguments: [
            (Place.nameLength, .max), (Place.layers, 0), (Place.layers, .max), (Place.layers, 65_536),
            (Place.experts, 0), (Place.experts, 65_536), (Place.experts, .max), (Place.perToken, 0),
            (Place.perToken, 9), (Place.candidateColumns, .max), (Place.candidateColumns, 1025),
            (Place.predictorLength, .max), (Place.distance, 0), (Place.distance, 3), (Place.count, 0),
            (Place.count, 9), (Place.notes, 1), (Place.notes, .max),
        ] as [(Int, UInt32)])
    func badNumbers(place: Int, value: UInt32) throws {
        let error = try Self.error { $0.put(value, at: place) }
        #expect(error?.offset.map { $0 >= place && $0 <= place + 12 } == true, "\(String(describing: error))")
    }

    @Test("experts of more bytes than a disk holds are refused")
    func expertBytes() throws {
        let error = try Self.error { $0[Place.firstExpertBytes + 7] = 1 }
        #expect(error?.offset == Place.firstExpertBytes)
    }

    @Test("numbers of layers beyond all, or that do not rise, are refused at their place")
    func layerNumbers() throws {
        // The second layer's number stands behind the first's and the bytes of its experts.
        let places = [Place.firstExpertBytes - 4, Place.firstExpertBytes + 8]
        for place in places {
            for value: UInt32 in [.max, 65_536] {
                let error = try Self.error { $0.put(value, at: place) }
                #expect(error?.offset == place)
                #expect(
                    error?.code
                        == .limitExceeded(
                            limit: "the number of a layer", found: UInt64(value), maximum: 65_535))
            }
        }
        let error = try Self.error { $0.put(1, at: places[1]) }
        #expect(error?.offset == places[1])
        #expect(error?.code == .invalid(found: "layer 1 behind layer 1", expected: "numbers that rise"))
    }

    @Test("a block that holds far more than its file can be worth is refused before it is decompressed")
    func bomb() throws {
        let trace = RandomTrace.small()
        let rowBytes = TraceBlockLayout(trace.shape, trace.columns).rowBytes
        let rows = (100 << 20) / rowBytes
        // As small as LZ4 could make it.
        let stored = rows * rowBytes / 255 + 1
        var bytes = Array(try trace.fileBytes(rows: 12)[..<Place.block])
        bytes += [UInt8](repeating: 0, count: 20 + stored)
        bytes.put(UInt32(rows), at: Place.block)
        bytes.put(UInt32(rows * rowBytes), at: Place.block + 4)
        bytes.put(UInt32(stored), at: Place.block + 8)
        Self.sealBlock(&bytes, stored)
        let error = #expect(throws: TraceFilesError.self) {
            try TraceFile(MemoryTraceInput(bytes: bytes), path: "memory")
        }
        #expect(error?.offset == Place.block)
        #expect(
            error?.code
                == .limitExceeded(
                    limit: "the bytes of all blocks up to here before compression",
                    found: UInt64(rows * rowBytes), maximum: UInt64(64 << 20 + 16 * bytes.count)))
    }

    @Test("text that is no UTF-8 is refused")
    func badText() throws {
        let error = try Self.error { $0[Place.nameLength + 4] = 0xFF }
        #expect(error?.offset == Place.nameLength + 4)
    }

    @Test("a trace of counts has no columns, and bytes behind the description are none of it")
    func contradictions() throws {
        #expect(try Self.error { $0[Place.kind] = 1 }?.offset == Place.block)
        // Without its column of candidates the description ends before.
        let error = try Self.error { $0.put(0, at: Place.candidateColumns) }
        #expect(error?.offset.map { $0 > Place.candidateColumns } == true)
    }

    @Test(
        "a block whose sizes cannot be is refused before anything is allocated for it",
        arguments: [
            (0, .max), (0, 13), (4, .max), (4, 0), (4, 1 << 29), (8, .max),
        ] as [(Int, UInt32)])
    func badBlocks(field: Int, value: UInt32) throws {
        let error = try Self.error { $0.put(value, at: Place.block + field) }
        #expect(error?.offset == Place.block, "\(String(describing: error))")
    }

    @Test("values that a model cannot have are refused")
    func badChoices() throws {
        let trace = RandomTrace.small()
        // Stored bytes without compression, so that a value can be changed in place.
        let raw = TraceBlockLayout(trace.shape, trace.columns).rowBytes * 12
        let plain = try Self.plainFile()
        #expect(try TraceFile(MemoryTraceInput(bytes: plain), path: "memory").routing == trace)
        var refused = 0
        for index in 0..<raw {
            var bytes = plain
            bytes[Place.block + 20 + index] = 0xAA
            Self.sealBlock(&bytes, raw)
            do throws(TraceFilesError) {
                let found = try TraceFile(MemoryTraceInput(bytes: bytes), path: "memory").routing
                #expect(found != trace || plain[Place.block + 20 + index] == 0xAA)
            } catch {
                #expect(error.offset == Place.block)
                refused += 1
            }
        }
        // Phases, both bytes of choices and of candidates, residencies; steps out of order.
        #expect(refused > 12 + 4 * 48 + 48)
    }

    /// The small trace in one block that is not compressed.
    private static func plainFile() throws -> [UInt8] {
        let trace = RandomTrace.small()
        var bytes = Array(try trace.fileBytes(rows: 12)[..<Place.block])
        func planes<Value: FixedWidthInteger & UnsignedInteger>(_ values: [Value]) -> [UInt8] {
            (0..<Value.bitWidth / 8).flatMap { plane in
                values.map { UInt8(truncatingIfNeeded: $0 >> Value(8 * plane)) }
            }
        }
        let rows = 0..<12
        let choices = rows.flatMap { row in (0..<4).map { (row, $0 / 2, $0 % 2) } }
        var raw = planes(rows.map { trace.rows[$0].sequence })
        raw += planes(rows.map { trace.rows[$0].position })
        raw += planes(rows.map { trace.rows[$0].step })
        raw += planes(rows.map { trace.rows[$0].token ?? .max })
        raw += rows.map { trace.rows[$0].phase.rawValue }
        raw += planes(choices.map { UInt16(trace.expert(row: $0, layer: $1, rank: $2) ?? 65_535) })
        raw += planes(choices.map { (trace.weight(row: $0, layer: $1, rank: $2) ?? 0).bitPattern })
        raw += choices.map { trace.residency(row: $0, layer: $1, rank: $2).rawValue }
        raw += planes(
            rows.flatMap { row in
                (0..<2).map { UInt64(trace.bytesRead(row: row, layer: $0) ?? 0) }
            })
        raw += planes(
            choices.map { UInt16(trace.candidate(column: 0, row: $0, layer: $1, rank: $2) ?? 65_535) })
        bytes += [UInt8](repeating: 0, count: 20) + raw
        bytes.put(12, at: Place.block)
        bytes.put(UInt32(raw.count), at: Place.block + 4)
        bytes.put(UInt32(raw.count), at: Place.block + 8)
        sealBlock(&bytes, raw.count)
        return bytes
    }

    private static func sealBlock(_ bytes: inout [UInt8], _ raw: Int) {
        let start = Place.block + 20
        seal(&bytes, Place.block + 12, covering: start..<start + raw)
        seal(&bytes, Place.block + 16, covering: Place.block..<Place.block + 16)
    }
}

extension [UInt8] {
    /// Overwrites four bytes.
    fileprivate mutating func put(_ value: UInt32, at place: Int) {
        for index in 0..<4 { self[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index))) }
    }
}
