/// What no single field of a manifest can show.
extension StoreManifest {
    /// Checks regions, records and runs against each other and against the store's size.
    ///
    /// - Throws: `invalidStore`.
    func check(_ header: StoreHeader, path: String) throws(ModelFileError) {
        func failure(_ found: String, _ expected: String) -> ModelFileError {
            ModelFileError(
                .invalidStore(found: found, expected: expected), path: path, offset: StoreFormat.headerBytes)
        }
        guard Set(files.map(\.name)).count == files.count else {
            throw failure("two files of one name", "names that differ")
        }
        let denseStart = StoreFormat.aligned(
            StoreFormat.headerBytes + header.manifestBytes, to: StoreFormat.pageBytes)
        guard dense.lowerBound == denseStart else {
            throw failure("the dense region at byte \(dense.lowerBound)", "\(denseStart)")
        }
        try checkRecords(header, failure)
        guard end == header.byteCount else {
            throw failure("the last byte that belongs to anything at \(end)", "\(header.byteCount)")
        }
        try checkRuns(failure)
    }

    private func checkRecords(
        _ header: StoreHeader, _ failure: (String, String) -> ModelFileError
    ) throws(ModelFileError) {
        var end = dense.upperBound
        var previous = (layer: -1, expert: -1)
        for record in records {
            let name = "the record of expert \(record.expert) of layer \(record.layer)"
            guard (record.layer, record.expert) > previous else {
                throw failure(name, "records in the order of layers and experts, each once")
            }
            guard record.byteCount > 0, record.byteCount <= header.byteCount,
                record.offset <= header.byteCount - record.byteCount
            else {
                throw failure(
                    "\(name), \(record.byteCount) bytes at byte \(record.offset)",
                    "a record inside the \(header.byteCount) bytes of the store")
            }
            let alignment = StoreFormat.alignment(ofRecord: record.byteCount)
            guard record.offset >= end, record.offset % alignment == 0 else {
                throw failure(
                    "\(name) at byte \(record.offset)", "a multiple of \(alignment) from byte \(end) on")
            }
            end = record.range.upperBound
            previous = (record.layer, record.expert)
        }
    }

    /// Every run lies in the dense region or in one record, and no two share a byte.
    private func checkRuns(_ failure: (String, String) -> ModelFileError) throws(ModelFileError) {
        var end = 0
        for run in files.flatMap(\.runs).sorted(by: { $0.storeOffset < $1.storeOffset }) {
            guard run.storeOffset >= end else {
                throw failure("two runs that share byte \(run.storeOffset)", "runs that do not overlap")
            }
            let region = record(at: run.storeOffset)?.range ?? dense
            guard region.contains(run.storeOffset), run.storeRange.upperBound <= region.upperBound else {
                throw failure(
                    "a run of \(run.byteCount) bytes at byte \(run.storeOffset)",
                    "a run inside a record or the dense region")
            }
            end = run.storeRange.upperBound
        }
    }
}
