import Kernels
import Residency

/// What stands in front of a block.
struct TraceBlockHeader {
    /// Rows, of use counts layers; 0 behind the last block.
    let rows: Int
    /// Bytes before compression.
    let rawBytes: Int
    /// Bytes in the file.
    let storedBytes: Int
    let checksum: Checksum

    /// Reads and checks a header.
    ///
    /// - Parameter rowBytes: bytes of a row before compression.
    /// - Throws: `wrongChecksum`, `limitExceeded`, `invalid`.
    init(_ bytes: [UInt8], rowBytes: Int, path: String, offset: Int) throws(TraceFilesError) {
        var cursor = TraceCursor(bytes, path: path, fileOffset: offset)
        let rows = try cursor.read(UInt32.self, "the rows of a block")
        let raw = try cursor.read(UInt32.self, "the size of a block")
        let stored = try cursor.read(UInt32.self, "the size of a block in the file")
        checksum = Checksum(try cursor.read(UInt32.self, "the checksum of a block"))
        let expected = Checksum(try cursor.read(UInt32.self, "the checksum of a block's header"))
        var found = Checksum()
        found.append(Array(bytes[..<16]).span)
        func failure(_ code: TraceFilesError.Code) -> TraceFilesError {
            TraceFilesError(code, path: path, offset: offset)
        }
        guard found == expected else {
            throw failure(
                .wrongChecksum(
                    of: "a block's header", found: found.description, expected: expected.description))
        }
        guard raw <= TraceFormat.maximumBlockBytes else {
            throw failure(
                .limitExceeded(
                    limit: "the bytes of a block", found: UInt64(raw),
                    maximum: UInt64(TraceFormat.maximumBlockBytes)))
        }
        let (needed, overflows) = UInt64(rows).multipliedReportingOverflow(by: UInt64(rowBytes))
        guard !overflows, needed == UInt64(raw) else {
            throw failure(
                .invalid(
                    found: "\(rows) rows in a block of \(raw) bytes",
                    expected: "\(rowBytes) bytes for each"))
        }
        guard stored <= raw, UInt64(raw) <= UInt64(stored) * UInt64(TraceFormat.maximumCompression) else {
            throw failure(
                .invalid(
                    found: "a block of \(raw) bytes in \(stored)", expected: "between all and a 255th of it"))
        }
        self.rows = Int(rows)
        rawBytes = Int(raw)
        storedBytes = Int(stored)
    }
}

/// Takes the columns of a block apart and checks every value.
struct TraceBlockDecoder {
    private let bytes: [UInt8]
    private let path: String
    /// Of the block in the file, for errors.
    private let offset: Int
    /// Where the next column starts.
    private var position = 0

    init(_ bytes: [UInt8], path: String, offset: Int) {
        self.bytes = bytes
        self.path = path
        self.offset = offset
    }

    /// Appends the block's rows to `trace`.
    ///
    /// - Precondition: the block has as many bytes as its rows take.
    /// - Throws: `invalid`.
    mutating func append(rows count: Int, to trace: inout RoutingTrace) throws(TraceFilesError) {
        let first = trace.rows.count
        try appendRows(count, to: &trace)
        try readChoices(first: first, count: count, into: &trace)
        if trace.columns.hasResidency { try readResidencies(first: first, count: count, into: &trace) }
        if trace.columns.hasBytesRead { try readBytesRead(first: first, count: count, into: &trace) }
        for column in trace.columns.candidates.indices {
            try readCandidates(column, first: first, count: count, into: &trace)
        }
    }

    /// Reads the counts of a trace that holds nothing else.
    mutating func usage(_ shape: TraceShape) -> ExpertUsage {
        var usage = ExpertUsage(shape: shape)
        let experts = shape.numbering.expertCount
        let total = shape.numbering.layerCount * experts
        for index in 0..<total {
            usage[layer: index / experts, expert: index % experts] = value(UInt64.self, index, of: total)
        }
        return usage
    }

    private mutating func appendRows(_ count: Int, to trace: inout RoutingTrace) throws(TraceFilesError) {
        let width = MemoryLayout<UInt32>.size * count
        var lastStep = trace.rows.last?.step ?? 0
        for row in 0..<count {
            func field(_ index: Int) -> UInt32 {
                value(UInt32.self, row, of: count, from: position + index * width)
            }
            let number = bytes[position + 4 * width + row]
            guard let phase = TraceRow.Phase(rawValue: number) else {
                throw failure(.invalid(found: "a phase of \(number) in row \(row)", expected: "0 or 1"))
            }
            let step = field(2)
            guard step >= lastStep else {
                throw failure(
                    .invalid(found: "step \(step) behind step \(lastStep)", expected: "steps in order"))
            }
            lastStep = step
            let token = field(3)
            trace.appendBlank(
                TraceRow(
                    sequence: field(0), position: field(1), step: step,
                    token: token == TraceFormat.unknownToken ? nil : token, phase: phase))
        }
        position += 4 * width + count
    }

    private mutating func readChoices(
        first: Int, count: Int, into trace: inout RoutingTrace
    ) throws(TraceFilesError) {
        let shape = trace.shape
        let total = count * shape.choicesPerRow
        let weights = position + 2 * total
        for index in 0..<total {
            let expert = value(UInt16.self, index, of: total)
            let (row, layer, rank) = place(index, perLayer: shape.expertsPerToken, shape)
            guard expert != RoutingTrace.noExpert else { continue }
            try check(expert, shape, row: row)
            guard rank == 0 || trace.expert(row: first + row, layer: layer, rank: rank - 1) != nil else {
                throw failure(
                    .invalid(found: "a choice behind a missing one in row \(row)", expected: "none"))
            }
            let weight =
                trace.hasWeights
                ? Float(bitPattern: value(UInt32.self, index, of: total, from: weights)) : 0
            trace.setChoice(row: first + row, layer: layer, rank: rank, expert: Int(expert), weight: weight)
        }
        position += (trace.hasWeights ? 6 : 2) * total
    }

    private mutating func readResidencies(
        first: Int, count: Int, into trace: inout RoutingTrace
    ) throws(TraceFilesError) {
        let shape = trace.shape
        let total = count * shape.choicesPerRow
        for index in 0..<total {
            let number = bytes[position + index]
            let (row, layer, rank) = place(index, perLayer: shape.expertsPerToken, shape)
            guard let residency = ChoiceResidency(rawValue: number) else {
                throw failure(.invalid(found: "a residency of \(number) in row \(row)", expected: "0 to 3"))
            }
            trace.setResidency(row: first + row, layer: layer, rank: rank, to: residency)
        }
        position += total
    }

    private mutating func readBytesRead(
        first: Int, count: Int, into trace: inout RoutingTrace
    ) throws(TraceFilesError) {
        let layers = trace.shape.numbering.layerCount
        let total = count * layers
        for index in 0..<total {
            guard let read = Int(exactly: value(UInt64.self, index, of: total)) else {
                throw failure(
                    .invalid(found: "more than 2^63 bytes read in row \(index / layers)", expected: "fewer"))
            }
            trace.setBytesRead(row: first + index / layers, layer: index % layers, to: read)
        }
        position += 8 * total
    }

    private mutating func readCandidates(
        _ column: Int, first: Int, count: Int, into trace: inout RoutingTrace
    ) throws(TraceFilesError) {
        let shape = trace.shape
        let perLayer = trace.columns.candidates[column].count
        let total = count * shape.numbering.layerCount * perLayer
        for index in 0..<total {
            let expert = value(UInt16.self, index, of: total)
            guard expert != RoutingTrace.noExpert else { continue }
            let (row, layer, rank) = place(index, perLayer: perLayer, shape)
            try check(expert, shape, row: row)
            trace.setCandidate(
                column: column, row: first + row, layer: layer, rank: rank, expert: Int(expert))
        }
        position += 2 * total
    }

    private func place(_ index: Int, perLayer: Int, _ shape: TraceShape) -> (row: Int, layer: Int, rank: Int)
    {
        let event = index / perLayer
        let layers = shape.numbering.layerCount
        return (event / layers, event % layers, index % perLayer)
    }

    private func check(_ expert: UInt16, _ shape: TraceShape, row: Int) throws(TraceFilesError) {
        guard Int(expert) < shape.numbering.expertCount else {
            throw failure(
                .invalid(
                    found: "expert \(expert) in row \(row)",
                    expected: "0 to \(shape.numbering.expertCount - 1)"))
        }
    }

    /// Element `index` of a column of `count`, whose bytes lie in planes.
    private func value<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type, _ index: Int, of count: Int, from start: Int? = nil
    ) -> Value {
        var value: Value = 0
        var place = (start ?? position) + index
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            value |= Value(bytes[place]) << Value(shift)
            place += count
        }
        return value
    }

    private func failure(_ code: TraceFilesError.Code) -> TraceFilesError {
        TraceFilesError(code, path: path, offset: offset)
    }
}
