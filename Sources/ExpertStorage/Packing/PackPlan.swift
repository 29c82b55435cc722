import Kernels
import ModelFiles

/// The order in which the bytes of a source are read and written: segments, each under one checksum, in
/// batches that are one read each.
struct PackPlan: Sendable {
    /// Bytes that stay together, are written at once and belong to one checksummed block of the store.
    struct Segment: Sendable {
        let file: Int
        let sourceOffset: Int
        let byteCount: Int
        let storeOffset: Int
    }

    /// In the order of the source.
    private(set) var segments: [Segment] = []
    /// The segments of each batch, neighbours in one file.
    private(set) var batches: [Range<Int>] = []

    /// Bytes of a read: enough for any disk's sequential speed.
    static let batchBytes = 8 << 20

    init(_ layout: StoreLayout, batchBytes: Int = PackPlan.batchBytes) {
        for run in layout.runs {
            var done = 0
            while done < run.byteCount {
                var size = min(run.byteCount - done, batchBytes)
                if run.record == nil {
                    // A piece of the dense region has a checksum of its own.
                    let inside = run.storeOffset + done - layout.manifest.dense.lowerBound
                    size = min(size, StoreFormat.densePieceBytes - inside % StoreFormat.densePieceBytes)
                }
                segments.append(
                    Segment(
                        file: run.file, sourceOffset: run.sourceOffset + done, byteCount: size,
                        storeOffset: run.storeOffset + done))
                done += size
            }
        }
        var start = 0
        while start < segments.count {
            var end = start
            var size = 0
            while end < segments.count, segments[end].file == segments[start].file,
                size + segments[end].byteCount <= batchBytes
            {
                size += segments[end].byteCount
                end += 1
            }
            batches.append(start..<end)
            start = end
        }
    }

    /// Bytes of a batch.
    func byteCount(ofBatch batch: Int) -> Int { segments[batches[batch]].reduce(0) { $0 + $1.byteCount } }

    /// Bytes of the largest batch.
    var largestBatchBytes: Int { batches.indices.reduce(0) { max($0, byteCount(ofBatch: $1)) } }

    /// Bytes of the first `count` batches.
    func byteCount(ofFirst count: Int) -> Int {
        (0..<count).reduce(0) { $0 + byteCount(ofBatch: $1) }
    }

    /// The manifest with the checksums of its records and dense pieces.
    ///
    /// - Parameter checksums: of the segments.
    func manifest(_ layout: StoreLayout, checksums: [UInt32]) -> StoreManifest {
        var manifest = layout.manifest
        let order = segments.indices.sorted { segments[$0].storeOffset < segments[$1].storeOffset }
        var next = 0
        func checksum(_ block: Range<Int>) -> Checksum {
            var sum = Checksum()
            var end = block.lowerBound
            while next < order.count, segments[order[next]].storeOffset < block.upperBound {
                let segment = segments[order[next]]
                // What no run takes is zero.
                sum.appendZeros(byteCount: segment.storeOffset - end)
                sum.append(Checksum(checksums[order[next]]), byteCount: segment.byteCount)
                end = segment.storeOffset + segment.byteCount
                next += 1
            }
            sum.appendZeros(byteCount: block.upperBound - end)
            return sum
        }
        for index in manifest.denseChecksums.indices {
            manifest.denseChecksums[index] = checksum(manifest.densePiece(index))
        }
        for index in manifest.records.indices {
            manifest.records[index].checksum = checksum(manifest.records[index].range)
        }
        return manifest
    }
}
