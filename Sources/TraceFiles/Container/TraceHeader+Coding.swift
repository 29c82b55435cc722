import Kernels
import ModelFiles
import Residency

// MARK: - Writing

extension TraceHeader {
    /// Which columns there are, as bits.
    private enum ColumnBits {
        static let weights: UInt8 = 1
        static let residency: UInt8 = 2
        static let bytesRead: UInt8 = 4
        static let all: UInt8 = 7
    }

    /// The header as it stands in the file.
    ///
    /// - Throws: `limitExceeded` where names or notes are too long, or experts too large.
    func encoded(path: String) throws(TraceFilesError) -> [UInt8] {
        if let bytes = shape.expertBytes.max(), bytes > TraceFormat.maximumExpertBytes {
            throw TraceFilesError(Self.tooLarge(UInt64(bytes)), path: path)
        }
        let description = encodedDescription
        guard description.count <= TraceFormat.maximumDescriptionBytes else {
            throw TraceFilesError(
                .limitExceeded(
                    limit: "the bytes of the description", found: UInt64(description.count),
                    maximum: UInt64(TraceFormat.maximumDescriptionBytes)), path: path)
        }
        var checksum = Checksum()
        checksum.append(description.span)
        var bytes = TraceFormat.magic
        bytes.append(littleEndian: TraceFormat.version)
        bytes.append(littleEndian: UInt32(description.count))
        bytes.append(littleEndian: checksum.value)
        var own = Checksum()
        own.append(bytes.span)
        bytes.append(littleEndian: own.value)
        return bytes + description
    }

    /// More bytes of an expert than a file can say.
    private static func tooLarge(_ bytes: UInt64) -> TraceFilesError.Code {
        .limitExceeded(
            limit: "the bytes of an expert", found: bytes, maximum: UInt64(TraceFormat.maximumExpertBytes))
    }

    private var encodedDescription: [UInt8] {
        var bytes: [UInt8] = [kind.rawValue]
        var bits: UInt8 = 0
        if columns.hasWeights { bits |= ColumnBits.weights }
        if columns.hasResidency { bits |= ColumnBits.residency }
        if columns.hasBytesRead { bits |= ColumnBits.bytesRead }
        bytes.append(bits)
        bytes.append(fingerprint == nil ? 0 : 1)
        bytes.append(littleEndian: fingerprint?.rawValue ?? 0)
        bytes.append(string: modelName)
        bytes.append(littleEndian: UInt32(shape.numbering.layerCount))
        bytes.append(littleEndian: UInt32(shape.numbering.expertCount))
        bytes.append(littleEndian: UInt32(shape.expertsPerToken))
        for layer in 0..<shape.numbering.layerCount {
            bytes.append(littleEndian: UInt32(shape.layerNumbers[layer]))
            bytes.append(littleEndian: UInt64(shape.expertBytes[layer]))
        }
        bytes.append(littleEndian: UInt32(columns.candidates.count))
        for column in columns.candidates {
            bytes.append(string: column.predictor)
            bytes.append(littleEndian: UInt32(column.distance))
            bytes.append(littleEndian: UInt32(column.count))
        }
        bytes.append(littleEndian: UInt32(notes.count))
        for note in notes {
            bytes.append(string: note.key)
            bytes.append(string: note.value)
        }
        return bytes
    }
}

// MARK: - Reading

extension TraceHeader {
    /// What stands behind the magic bytes.
    struct Preamble {
        let descriptionBytes: Int
        let descriptionChecksum: Checksum
    }

    /// Checks the first `TraceFormat.headerBytes` bytes of a file, or all that it has.
    ///
    /// - Throws: `unknownContainer`, `truncated`, `unsupportedVersion`, `wrongChecksum`, `limitExceeded`.
    static func preamble(_ bytes: [UInt8], path: String) throws(TraceFilesError) -> Preamble {
        let magic = TraceFormat.magic
        guard bytes.count >= magic.count, bytes.starts(with: magic) else {
            let shown = bytes.prefix(magic.count).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            let found = shown.isEmpty ? "nothing" : shown.joined(separator: " ")
            throw TraceFilesError(.unknownContainer(found: found), path: path, offset: 0)
        }
        var cursor = TraceCursor(bytes, path: path, fileOffset: 0)
        cursor.skip(magic.count)
        let version = try cursor.read(UInt32.self, "the version")
        // Before the checksum: another version may have it elsewhere.
        guard version == TraceFormat.version else {
            throw cursor.error(.unsupportedVersion(found: version), back: 4)
        }
        let size = try cursor.read(UInt32.self, "the size of the description")
        let checksum = Checksum(try cursor.read(UInt32.self, "the checksum of the description"))
        let covered = cursor.position
        let expected = Checksum(try cursor.read(UInt32.self, "the checksum of the header"))
        var found = Checksum()
        found.append(Array(bytes[..<covered]).span)
        guard found == expected else {
            let code = TraceFilesError.Code.wrongChecksum(
                of: "the header", found: found.description, expected: expected.description)
            throw TraceFilesError(code, path: path, offset: 0)
        }
        guard size <= TraceFormat.maximumDescriptionBytes else {
            let code = TraceFilesError.Code.limitExceeded(
                limit: "the bytes of the description", found: UInt64(size),
                maximum: UInt64(TraceFormat.maximumDescriptionBytes))
            throw TraceFilesError(code, path: path, offset: magic.count + 4)
        }
        return Preamble(descriptionBytes: Int(size), descriptionChecksum: checksum)
    }

    /// Reads the description, whose checksum is right.
    ///
    /// - Throws: `truncated`, `limitExceeded`, `invalid`.
    init(description bytes: [UInt8], path: String) throws(TraceFilesError) {
        var cursor = TraceCursor(bytes, path: path, fileOffset: TraceFormat.headerBytes)
        let number = try cursor.read(UInt8.self, "the kind of the trace")
        guard let kind = Kind(rawValue: number) else {
            throw cursor.error(.invalid(found: "a trace of kind \(number)", expected: "0 or 1"), back: 1)
        }
        let bits = try cursor.read(UInt8.self, "the columns")
        guard bits & ~ColumnBits.all == 0 else {
            throw cursor.error(.invalid(found: "columns \(bits)", expected: "at most 7"), back: 1)
        }
        let isKnown = try cursor.read(UInt8.self, "whether the model is known")
        guard isKnown <= 1 else {
            throw cursor.error(.invalid(found: "a boolean of \(isKnown)", expected: "0 or 1"), back: 1)
        }
        let fingerprint = ModelFingerprint(rawValue: try cursor.read(UInt64.self, "the fingerprint"))
        let modelName = try cursor.readString("the model's name")
        let shape = try Self.shape(&cursor)
        let candidates = try Self.candidates(&cursor, shape)
        let notes = try Self.notes(&cursor)
        guard cursor.remaining == 0 else {
            let code = TraceFilesError.Code.invalid(
                found: "\(cursor.remaining) bytes behind the description", expected: "none")
            throw cursor.error(code)
        }
        let columns = TraceColumns(
            hasWeights: bits & ColumnBits.weights != 0, hasResidency: bits & ColumnBits.residency != 0,
            hasBytesRead: bits & ColumnBits.bytesRead != 0, candidates: candidates)
        guard kind == .routing || columns == TraceColumns() else {
            throw cursor.error(
                .invalid(found: "columns of choices in a trace of use counts", expected: "none"))
        }
        self.init(
            kind: kind, fingerprint: isKnown == 1 ? fingerprint : nil, modelName: modelName, shape: shape,
            columns: columns, notes: notes)
    }

    private static func shape(_ cursor: inout TraceCursor) throws(TraceFilesError) -> TraceShape {
        let layers = try cursor.readCount("layers", 1...TraceFormat.maximumLayers)
        let experts = try cursor.readCount("experts in a layer", 1...TraceFormat.maximumExperts)
        let perToken = try cursor.readCount("experts for a token", 1...experts)
        // Numbers of a layer start at a power of two, and there are 2^20.
        let width = experts == 1 ? 1 : 1 << (Int.bitWidth - (experts - 1).leadingZeroBitCount)
        guard layers * width <= 1 << 20 else {
            throw cursor.error(
                .limitExceeded(
                    limit: "experts of all layers", found: UInt64(layers * width), maximum: 1 << 20),
                back: 12)
        }
        try cursor.check(count: layers, of: 12, "the list of layers")
        var numbers: [Int] = []
        var sizes: [Int] = []
        for _ in 0..<layers {
            numbers.append(try layerNumber(&cursor, after: numbers.last))
            let size = try cursor.read(UInt64.self, "the bytes of an expert")
            guard size <= TraceFormat.maximumExpertBytes else { throw cursor.error(tooLarge(size), back: 8) }
            sizes.append(Int(size))
        }
        return TraceShape(
            numbering: ExpertNumbering(layerCount: layers, expertCount: experts), expertsPerToken: perToken,
            expertBytes: sizes, layerNumbers: numbers)
    }

    private static func layerNumber(
        _ cursor: inout TraceCursor, after last: Int?
    ) throws(TraceFilesError) -> Int {
        let number = Int(try cursor.read(UInt32.self, "a layer's number"))
        guard number < TraceFormat.maximumLayers else {
            throw cursor.error(
                .limitExceeded(
                    limit: "the number of a layer", found: UInt64(number),
                    maximum: UInt64(TraceFormat.maximumLayers - 1)), back: 4)
        }
        if let last, number <= last {
            throw cursor.error(
                .invalid(found: "layer \(number) behind layer \(last)", expected: "numbers that rise"),
                back: 4)
        }
        return number
    }

    private static func candidates(
        _ cursor: inout TraceCursor, _ shape: TraceShape
    ) throws(TraceFilesError) -> [TraceCandidates] {
        let count = try cursor.readCount("columns of candidates", 0...TraceFormat.maximumCandidateColumns)
        var columns: [TraceCandidates] = []
        for _ in 0..<count {
            let predictor = try cursor.readString("a predictor's name")
            let distance = try cursor.readCount("layers looked ahead", 1...shape.numbering.layerCount)
            let named = try cursor.readCount("candidates", 1...shape.numbering.expertCount)
            columns.append(TraceCandidates(predictor: predictor, distance: distance, count: named))
        }
        return columns
    }

    private static func notes(_ cursor: inout TraceCursor) throws(TraceFilesError) -> [TraceNote] {
        let count = try cursor.readCount("notes", 0...TraceFormat.maximumNotes)
        var notes: [TraceNote] = []
        for _ in 0..<count {
            let key = try cursor.readString("a note's key")
            notes.append(TraceNote(key, try cursor.readString("the note '\(key)'")))
        }
        return notes
    }
}
