import Kernels

/// The manifest as it stands in the file; `Store.md` gives the layout.
extension StoreManifest {
    /// Bytes of a run, of a record by layout, and of a dense checksum.
    private static let runBytes = 16
    private static let plainRecordBytes = 32
    private static let progressiveRecordBytes = 40
    private static let checksumBytes = 4

    /// The bytes of the manifest.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        func append(_ number: some FixedWidthInteger) {
            for index in 0..<number.bitWidth / 8 {
                bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index)))
            }
        }
        func append(_ text: String) {
            append(UInt64(text.utf8.count))
            bytes += Array(text.utf8)
        }
        append(entry)
        append(UInt64(files.count))
        for file in files {
            append(file.name)
            append(UInt64(file.byteCount))
            append(UInt64(file.runs.count))
            for run in file.runs {
                append(UInt64(truncatingIfNeeded: run.storeOffset))
                append(UInt64(run.byteCount))
            }
        }
        if layout == .progressive { append(UInt64(patterns.count)) }
        for matrices in patterns.map(\.matrices) {
            append(UInt64(matrices.count))
            for matrix in matrices {
                append(matrix.format.rawValue)
                append(UInt32(matrix.isSplit ? 1 : 0))
                append(UInt64(matrix.byteCount))
            }
        }
        append(UInt64(records.count))
        for record in records {
            append(UInt32(record.layer))
            append(UInt32(record.expert))
            append(UInt64(record.offset))
            append(UInt64(record.byteCount))
            append(record.checksum.value)
            if layout == .progressive {
                append(UInt32(record.patternIndex))
                append(record.prefixChecksum.value)
            }
            append(UInt32(0))
        }
        append(UInt64(dense.lowerBound))
        append(UInt64(dense.count))
        for checksum in denseChecksums { append(checksum.value) }
        return bytes
    }

    /// Reads the manifest of `header`'s store and checks it.
    ///
    /// - Throws: `truncated`, `limitExceeded`, `invalidText`, `invalidStore`.
    init(_ bytes: FileBytes, header: StoreHeader, path: String) throws(ModelFileError) {
        var cursor = ByteCursor(bytes, path: path)
        cursor.offset = StoreFormat.headerBytes
        cursor.end = StoreFormat.headerBytes + header.manifestBytes
        entry = try cursor.readString(limit: FileLimits.fileNameBytes, "the name of the entry")
        let start = cursor.offset
        let count = try cursor.read(UInt64.self, "the number of files")
        let fileCount = try cursor.check(
            count: count, of: 24, limit: FileLimits.storeFiles, as: "the files of the store", start: start)
        files = []
        for _ in 0..<fileCount { files.append(try Self.readFile(&cursor, storeBytes: header.byteCount)) }
        patterns = header.layout == .progressive ? try Self.readPatterns(&cursor) : []
        records = try Self.readRecords(&cursor, patterns)
        let denseStart = try Self.readSize(&cursor, "the start of the dense region")
        let denseBytes = try Self.readSize(&cursor, "the size of the dense region")
        let place = cursor.offset
        guard denseBytes <= header.byteCount, denseStart <= header.byteCount - denseBytes else {
            throw cursor.error(
                .invalidStore(
                    found: "\(denseBytes) dense bytes at byte \(denseStart)",
                    expected: "at most the \(header.byteCount) bytes of the store"), at: place)
        }
        dense = denseStart..<denseStart + denseBytes
        let pieces = try cursor.check(
            count: UInt64(Self.densePieceCount(denseBytes)), of: Self.checksumBytes, limit: .max >> 8,
            as: "the dense checksums", start: place)
        denseChecksums = []
        for _ in 0..<pieces {
            denseChecksums.append(Checksum(try cursor.read(UInt32.self, "a dense checksum")))
        }
        guard cursor.remaining == 0 else { throw cursor.error(.unclaimedBytes(count: cursor.remaining)) }
        try check(header, path: path)
    }

    private static func readFile(
        _ cursor: inout ByteCursor, storeBytes: Int
    ) throws(ModelFileError) -> File {
        let nameStart = cursor.offset
        let name = try cursor.readString(limit: FileLimits.fileNameBytes, "the name of a file")
        // Names are joined to the store's path in errors, and mean nothing on this machine's disk.
        guard !name.isEmpty, !name.unicodeScalars.contains(where: { $0 == "/" || $0.value < 0x20 }) else {
            throw cursor.error(
                .invalidStore(found: "the file name \(quoted(name))", expected: "a plain file name"),
                at: nameStart)
        }
        let sizeStart = cursor.offset
        let byteCount = try readSize(&cursor, "the size of a file")
        let countStart = cursor.offset
        let count = try cursor.read(UInt64.self, "the number of runs")
        let runCount = try cursor.check(
            count: count, of: runBytes, limit: FileLimits.storeRuns, as: "the runs of a file",
            start: countStart)
        var runs: [Run] = []
        runs.reserveCapacity(runCount)
        var covered = 0
        for _ in 0..<runCount {
            let place = cursor.offset
            let storeOffset = try readSize(&cursor, "the place of a run")
            let size = try readSize(&cursor, "the size of a run")
            guard size > 0, size <= storeBytes, storeOffset <= storeBytes - size else {
                throw cursor.error(
                    .invalidStore(
                        found: "a run of \(size) bytes at byte \(storeOffset)",
                        expected: "a run inside the \(storeBytes) bytes of the store"), at: place)
            }
            guard size <= byteCount - covered else {
                throw cursor.error(
                    .invalidStore(
                        found: "runs of more bytes", expected: "the \(byteCount) bytes of \(quoted(name))"),
                    at: place)
            }
            covered += size
            runs.append(Run(storeOffset: storeOffset, byteCount: size))
        }
        guard covered == byteCount else {
            throw cursor.error(
                .invalidStore(
                    found: "runs of \(covered) bytes", expected: "the \(byteCount) bytes of \(quoted(name))"),
                at: sizeStart)
        }
        return File(name: name, byteCount: byteCount, runs: runs)
    }

    private static func readRecords(
        _ cursor: inout ByteCursor, _ patterns: [RecordPattern]
    ) throws(ModelFileError) -> [Record] {
        let start = cursor.offset
        let claimed = try cursor.read(UInt64.self, "the number of records")
        let recordBytes = patterns.isEmpty ? plainRecordBytes : progressiveRecordBytes
        let count = try cursor.check(
            count: claimed, of: recordBytes, limit: FileLimits.storeRuns, as: "the records", start: start)
        var records: [Record] = []
        records.reserveCapacity(count)
        for _ in 0..<count {
            let layer = try cursor.read(UInt32.self, "a layer")
            let expert = try cursor.read(UInt32.self, "an expert")
            let offset = try readSize(&cursor, "the place of a record")
            let size = try readSize(&cursor, "the size of a record")
            let checksum = try cursor.read(UInt32.self, "the checksum of a record")
            var record = Record(
                layer: Int(layer), expert: Int(expert), offset: offset, byteCount: size,
                checksum: Checksum(checksum))
            if !patterns.isEmpty { try readPattern(&cursor, of: &record, patterns) }
            let place = cursor.offset
            let padding = try cursor.read(UInt32.self, "the padding of a record")
            guard padding == 0 else {
                throw cursor.error(.invalidStore(found: "the padding \(padding)", expected: "0"), at: place)
            }
            records.append(record)
        }
        return records
    }

    /// A size or a place: at most `Int.max`.
    static func readSize(
        _ cursor: inout ByteCursor, _ what: @autoclosure () -> String
    ) throws(ModelFileError) -> Int {
        let start = cursor.offset
        let number = try cursor.read(UInt64.self, what())
        guard let size = Int(exactly: number) else {
            throw cursor.error(.invalidStore(found: "\(number)", expected: "at most \(Int.max)"), at: start)
        }
        return size
    }
}
