import Kernels

/// What the manifest of a progressive store has besides; `Store.md` gives the layout.
extension StoreManifest {
    /// Bytes of a matrix of a pattern.
    private static let matrixBytes = 16

    /// Reads what a record has in a progressive store alone.
    static func readPattern(
        _ cursor: inout ByteCursor, of record: inout Record, _ patterns: [RecordPattern]
    ) throws(ModelFileError) {
        let place = cursor.offset
        let number = Int(try cursor.read(UInt32.self, "the pattern of a record"))
        guard patterns.indices.contains(number) else {
            throw cursor.error(
                .invalidStore(found: "the pattern \(number)", expected: "one of \(patterns.count)"),
                at: place)
        }
        guard patterns[number].byteCount == record.byteCount else {
            throw cursor.error(
                .invalidStore(
                    found: "a record of \(record.byteCount) bytes",
                    expected: "the \(patterns[number].byteCount) bytes of its pattern"), at: place)
        }
        record.patternIndex = number
        record.prefixChecksum = Checksum(try cursor.read(UInt32.self, "the checksum of a prefix"))
    }

    /// Reads the patterns of a progressive store.
    static func readPatterns(_ cursor: inout ByteCursor) throws(ModelFileError) -> [RecordPattern] {
        let start = cursor.offset
        let claimed = try cursor.read(UInt64.self, "the number of patterns")
        let count = try cursor.check(
            count: claimed, of: 8 + matrixBytes, limit: FileLimits.storePatterns, as: "the patterns",
            start: start)
        guard count > 0 else {
            throw cursor.error(.invalidStore(found: "no patterns", expected: "at least one"), at: start)
        }
        var patterns: [RecordPattern] = []
        for _ in 0..<count { patterns.append(RecordPattern(try readMatrices(&cursor))) }
        return patterns
    }

    private static func readMatrices(
        _ cursor: inout ByteCursor
    ) throws(ModelFileError) -> [RecordPattern.Matrix] {
        let start = cursor.offset
        let claimed = try cursor.read(UInt64.self, "the number of matrices")
        let count = try cursor.check(
            count: claimed, of: matrixBytes, limit: FileLimits.expertMatrices,
            as: "the matrices of a pattern", start: start)
        var matrices: [RecordPattern.Matrix] = []
        var byteCount = 0
        for _ in 0..<count {
            let place = cursor.offset
            let matrix = try readMatrix(&cursor)
            let (sum, overflow) = byteCount.addingReportingOverflow(matrix.byteCount)
            guard !overflow else {
                throw cursor.error(
                    .invalidStore(found: "a pattern of too many bytes", expected: "at most \(Int.max)"),
                    at: place)
            }
            byteCount = sum
            matrices.append(matrix)
        }
        return matrices
    }

    private static func readMatrix(_ cursor: inout ByteCursor) throws(ModelFileError) -> RecordPattern.Matrix
    {
        let place = cursor.offset
        let number = try cursor.read(UInt32.self, "the format of a matrix")
        let split = try cursor.read(UInt32.self, "whether a matrix is split")
        let byteCount = try readSize(&cursor, "the bytes of a matrix")
        guard let format = WeightFormat(rawValue: number), byteCount > 0, split <= 1,
            split == 0 || BlockPlanes(format) != nil && byteCount % format.blockBytes == 0
        else {
            throw cursor.error(
                .invalidStore(
                    found: "\(byteCount) bytes of the format \(number), split \(split)",
                    expected: "a format that is known, and whole blocks of one that comes apart where split"),
                at: place)
        }
        return RecordPattern.Matrix(format: format, byteCount: byteCount, isSplit: split == 1)
    }
}
