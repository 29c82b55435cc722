import ExpertStorage
import Kernels

/// Holds the records of a store against their checksums, each time that one was read: disks lie.
///
/// Cost: a pass over the record, about a fiftieth of the time that its read took. Allocates: once. Runs on:
/// engine thread.
struct RecordChecks {
    private let checksums: [Checksum]
    private let byteCounts: [Int]

    init(_ extents: ExpertExtents) {
        checksums = extents.checksums
        byteCounts = extents.checksums.indices.map { extents.catalog.byteCount(of: $0) }
    }

    /// What is wrong with the record of `expert` (numbered through) at byte `start` of `slab`; nil where
    /// nothing is, or where experts have no checksums: those of files that are no stores.
    func damage(of expert: Int, in slab: Slab, at start: Int) -> ExpertStorageError.Code? {
        guard !checksums.isEmpty else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: slab.address(start), count: byteCounts[expert])
        var found = Checksum()
        unsafe found.append(bytes.bindMemory(to: UInt8.self).span)
        guard found != checksums[expert] else { return nil }
        return .damaged(expected: "\(checksums[expert])", found: "\(found)")
    }
}
