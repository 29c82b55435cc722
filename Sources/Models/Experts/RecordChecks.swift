import ExpertStorage
import Kernels
import Residency

/// Holds the records of a store against their checksums: each when it is used first, and some later ones.
///
/// Cost: a pass over the record, about a fiftieth of the time that its read took. Allocates: once. Runs on:
/// engine thread.
struct RecordChecks: ~Copyable {
    private let checksums: [Checksum]
    private let byteCounts: [Int]
    private var isChecked: FlatArray<Bool>
    private var uses = 0

    /// Of the uses after the first, one in so many is checked: a disk that begins to lie is noticed.
    private static let sampleInterval = 64

    init(_ extents: ExpertExtents) {
        checksums = extents.checksums
        byteCounts = extents.checksums.indices.map { extents.catalog.byteCount(of: $0) }
        isChecked = FlatArray(repeating: false, count: checksums.count)
    }

    /// What is wrong with the record of `expert` (numbered through) at byte `start` of `slab`; nil where
    /// nothing is, or nothing was looked at.
    mutating func damage(of expert: Int, in slab: Slab, at start: Int) -> ExpertStorageError.Code? {
        guard !checksums.isEmpty else { return nil }
        uses += 1
        guard !isChecked[expert] || uses % Self.sampleInterval == 0 else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: slab.address(start), count: byteCounts[expert])
        var found = Checksum()
        unsafe found.append(bytes.bindMemory(to: UInt8.self).span)
        guard found == checksums[expert] else {
            return .damaged(expected: "\(checksums[expert])", found: "\(found)")
        }
        isChecked[expert] = true
        return nil
    }
}
