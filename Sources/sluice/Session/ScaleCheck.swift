import Generation
import Kernels
import ModelFiles

/// What `sluice inspect --check` finds: scales that are infinite or no numbers.
struct ScaleCheck {
    /// The first such scale of a tensor.
    struct Damage {
        let record: TensorRecord
        let scale: DamagedScale
        /// The file that holds it, and where in it.
        let path: String
        let fileOffset: Int
    }

    private(set) var damages: [Damage] = []
    let tensorCount: Int
    private(set) var byteCount = 0

    /// Weights are read in pieces of about this size, so that progress shows within a large tensor.
    private static let pieceBytes = 16 << 20

    /// Reads every tensor of `file` to its end, or to its first damage.
    ///
    /// - Throws: `scatteredBytes` where a store has torn a row.
    init(_ file: ModelFile, records: [TensorRecord], progress: inout ProgressLine) throws {
        tensorCount = records.count
        let total = records.reduce(0) { $0 + $1.byteCount }
        for record in records {
            let rows = record.elementCount / (record.shape.last ?? 1)
            let rowBytes = record.byteCount / max(1, rows)
            var next = 0
            while next < rows {
                let row = next
                let limit = max(1, Self.pieceBytes / max(1, rowBytes))
                let (rows, found) = try file.withRows(of: record, from: row, limit: limit) {
                    ($0.rows, $0.firstDamagedScale())
                }
                next += rows
                progress.show(
                    done: byteCount + row * rowBytes, total: total, detail: record.name,
                    unit: ByteSize.text)
                guard let found else { continue }
                let offset = found.offset + row * rowBytes
                damages.append(
                    Damage(
                        record: record,
                        scale: DamagedScale(row: found.row + row, block: found.block, offset: offset),
                        path: file.parts[record.part], fileOffset: record.offset + offset))
                break
            }
            byteCount += record.byteCount
        }
        progress.clear()
    }

    /// Why the command fails; nil where every scale is finite.
    var problem: String? {
        damages.isEmpty
            ? nil
            : "\(damages.count) of \(tensorCount) tensors hold scales that are no finite numbers: the file "
                + "is damaged; download or convert it again"
    }

    /// A line for every tensor that is damaged, or one that says that none is.
    var text: String {
        guard !damages.isEmpty else {
            return
                "check: every scale of \(tensorCount) tensors is finite, \(ByteSize.text(byteCount)) read\n"
        }
        return damages.map { damage in
            "check: \(damage.record.name): row \(damage.scale.row)\(damage.expertText), block "
                + "\(damage.scale.block) has a scale that is no finite number, at byte \(damage.fileOffset) "
                + "of \(damage.path)\n"
        }.joined()
    }

    var json: JSONValue {
        .members([
            "tensors": .count(tensorCount), "bytes": .count(byteCount),
            "damaged": .list(
                damages.map {
                    .members([
                        "tensor": .string($0.record.name), "format": .string($0.record.format.name),
                        "row": .count($0.scale.row), "block": .count($0.scale.block),
                        "file": .string($0.path), "offset": .count($0.fileOffset),
                    ])
                }),
        ])
    }
}

extension ScaleCheck.Damage {
    /// Which expert a row belongs to, where a tensor holds several.
    fileprivate var expertText: String {
        guard record.shape.count == 3 else { return "" }
        let rows = record.shape[1]
        return " (row \(scale.row % rows) of expert \(scale.row / rows))"
    }
}
