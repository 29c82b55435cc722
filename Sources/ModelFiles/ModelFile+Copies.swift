extension ModelFile {
    /// The same file with the bytes of `records` in anonymous memory, read once: other reads cannot push
    /// them out of the page cache.
    ///
    /// - Parameter progress: gets the bytes copied so far.
    /// - Throws: `noMemory`; `scatteredBytes` where a tensor does not lie together.
    public func copying(
        _ records: [TensorRecord], progress: (Int) -> Void = { _ in }
    ) throws(ModelFileError) -> ModelFile {
        var offsets: [String: Int] = [:]
        var size = 0
        for record in records {
            offsets[record.name] = size
            size += (record.byteCount + Self.copyAlignment - 1) / Self.copyAlignment * Self.copyAlignment
        }
        guard let memory = WeightCopies(byteCount: size, offsets: offsets) else {
            throw ModelFileError(.noMemory(byteCount: size), path: path)
        }
        var done = 0
        for record in records {
            try check(record.byteRange, of: record.name, part: record.part)
            memory.fill(record.name, from: bytes(of: record.part), range: record.byteRange) {
                done += $0
                progress(done)
            }
        }
        return ModelFile(self, copies: memory)
    }

    /// Tells the system that single rows of a tensor will be read: pages around them need not come along.
    public func expectReadsByRow(of record: TensorRecord) {
        bytes(of: record.part).expectSmallReads(record.byteRange)
    }

    /// Bytes of the mapping that are in memory while they are copied.
    public static var copyPieceBytes: Int { WeightCopies.pieceBytes }

    /// What the widest vector instructions like, and no less than GGUF's own alignment.
    private static let copyAlignment = 64
}
