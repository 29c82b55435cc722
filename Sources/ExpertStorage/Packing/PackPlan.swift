import Kernels
import ModelFiles

/// The order in which the bytes of a source are read and written: segments in batches that are one read each,
/// and the parts of the store that become of them, each under one checksum.
struct PackPlan: Sendable {
    /// Bytes of the source that stay together.
    struct Segment: Sendable {
        let file: Int
        let sourceOffset: Int
        let byteCount: Int
        /// How its blocks come apart; nil where it is written as it is.
        let planes: BlockPlanes?
        /// What it becomes: one part, or the prefixes of its blocks and their rests.
        let parts: Range<Int>
    }

    /// Bytes that are written at once and belong to one checksummed block of the store.
    struct Part: Sendable {
        let storeOffset: Int
        let byteCount: Int
    }

    /// In the order of the source.
    private(set) var segments: [Segment] = []
    /// In the order of the segments.
    private(set) var parts: [Part] = []
    /// The segments of each batch, neighbours in one file.
    private(set) var batches: [Range<Int>] = []

    /// Bytes of a read: enough for any disk's sequential speed.
    static let batchBytes = 8 << 20

    init(_ layout: StoreLayout, batchBytes: Int = PackPlan.batchBytes) {
        for run in layout.runs {
            for stretch in layout.stretches(of: run) {
                var done = 0
                while done < stretch.byteCount {
                    let size = Self.segmentBytes(stretch, done: done, layout, limit: batchBytes)
                    append(stretch, from: done, byteCount: size, file: run.file)
                    done += size
                }
            }
        }
        var start = 0
        while start < segments.count {
            var end = start
            var size = 0
            while end < segments.count, segments[end].file == segments[start].file,
                end == start || size + segments[end].byteCount <= batchBytes
            {
                size += segments[end].byteCount
                end += 1
            }
            batches.append(start..<end)
            start = end
        }
    }

    /// Bytes of the segment that starts `done` bytes behind the start of `stretch`.
    private static func segmentBytes(
        _ stretch: StoreLayout.Stretch, done: Int, _ layout: StoreLayout, limit: Int
    ) -> Int {
        let left = stretch.byteCount - done
        if let unit = stretch.planes?.format.blockBytes { return min(left, max(limit / unit, 1) * unit) }
        guard stretch.isDense else { return min(left, limit) }
        // A piece of the dense region has a checksum of its own.
        let inside = stretch.storeOffset + done - layout.manifest.dense.lowerBound
        return min(left, limit, StoreFormat.densePieceBytes - inside % StoreFormat.densePieceBytes)
    }

    private mutating func append(
        _ stretch: StoreLayout.Stretch, from done: Int, byteCount: Int, file: Int
    ) {
        let first = parts.count
        if let planes = stretch.planes {
            let before = done / planes.format.blockBytes
            let count = byteCount / planes.format.blockBytes
            parts.append(
                Part(
                    storeOffset: stretch.storeOffset + before * planes.prefixBytes,
                    byteCount: count * planes.prefixBytes))
            parts.append(
                Part(
                    storeOffset: stretch.restOffset + before * planes.restBytes,
                    byteCount: count * planes.restBytes))
        } else {
            parts.append(Part(storeOffset: stretch.storeOffset + done, byteCount: byteCount))
        }
        segments.append(
            Segment(
                file: file, sourceOffset: stretch.sourceOffset + done, byteCount: byteCount,
                planes: stretch.planes, parts: first..<parts.count))
    }

    /// Bytes of a batch.
    func byteCount(ofBatch batch: Int) -> Int { segments[batches[batch]].reduce(0) { $0 + $1.byteCount } }

    /// Bytes of the largest batch.
    var largestBatchBytes: Int { batches.indices.reduce(0) { max($0, byteCount(ofBatch: $1)) } }

    /// Bytes of the largest segment that comes apart.
    var largestSplitBytes: Int { segments.reduce(0) { $1.planes == nil ? $0 : max($0, $1.byteCount) } }

    /// Bytes of the first `count` batches.
    func byteCount(ofFirst count: Int) -> Int {
        (0..<count).reduce(0) { $0 + byteCount(ofBatch: $1) }
    }

    /// The manifest with the checksums of its records and dense pieces.
    ///
    /// - Parameter checksums: of the parts.
    func manifest(_ layout: StoreLayout, checksums: [UInt32]) -> StoreManifest {
        var manifest = layout.manifest
        let order = parts.indices.sorted { parts[$0].storeOffset < parts[$1].storeOffset }
        var next = 0
        func checksum(_ block: Range<Int>) -> Checksum {
            var sum = Checksum()
            var end = block.lowerBound
            while next < order.count, parts[order[next]].storeOffset < block.upperBound {
                let part = parts[order[next]]
                // What no run takes is zero.
                sum.appendZeros(byteCount: part.storeOffset - end)
                sum.append(Checksum(checksums[order[next]]), byteCount: part.byteCount)
                end = part.storeOffset + part.byteCount
                next += 1
            }
            sum.appendZeros(byteCount: block.upperBound - end)
            return sum
        }
        for index in manifest.denseChecksums.indices {
            manifest.denseChecksums[index] = checksum(manifest.densePiece(index))
        }
        for index in manifest.records.indices {
            let record = manifest.records[index]
            let prefix = manifest.prefixRange(of: record)
            var sum = checksum(prefix)
            if manifest.layout == .progressive { manifest.records[index].prefixChecksum = sum }
            let rest = prefix.upperBound..<record.range.upperBound
            sum.append(checksum(rest), byteCount: rest.count)
            manifest.records[index].checksum = sum
        }
        return manifest
    }
}
