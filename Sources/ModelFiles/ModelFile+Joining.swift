public import Kernels

/// Experts whose bytes lie in two parts in their records.
extension ModelFile {
    /// Whether experts cannot be used where they lie: the records of a store have to be joined first.
    public var hasSplitRecords: Bool { store?.patterns.contains(where: \.isSplit) ?? false }

    /// Calls `body` with the rows that ``rows(of:from:limit:)`` gives, put together where they lie in a
    /// record in two parts; the matrix must not outlive the call.
    ///
    /// Cost: where they do, a pass over the record. Allocates: once, then.
    /// - Throws: as ``rows(of:from:limit:)``, and `noMemory`.
    public func withRows<Result>(
        of record: TensorRecord, from row: Int, limit: Int, _ body: (WeightMatrix) -> Result
    ) throws(ModelFileError) -> Result {
        let rows = try rows(of: record, from: row, limit: limit)
        guard let store, let offset = location(of: rows)?.offset, let expert = store.record(at: offset),
            let pattern = store.pattern(of: expert)
        else { return body(rows) }
        guard let memory = AnonymousMemory(byteCount: expert.byteCount) else {
            throw ModelFileError(.noMemory(byteCount: expert.byteCount), path: path)
        }
        let place = offset - expert.offset
        // The view lies in a run, and a run that starts in a record ends in it.
        unsafe pattern.join(rows.address - place, into: memory.base)
        return withExtendedLifetime(memory) { body(unsafe rows.moved(to: memory.base + place)) }
    }
}
