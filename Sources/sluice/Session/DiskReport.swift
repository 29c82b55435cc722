import ExpertStorage
import Generation
import ModelFiles

/// What `sluice doctor --disk` prints.
struct DiskReport {
    let path: String
    let disk: DiskIdentity?
    let result: ReadProbe.Result
    /// The file that keeps the choice; nil where nothing was kept.
    let keptIn: String?
    /// What went wrong while keeping it.
    let notes: [String]

    var json: JSONValue {
        .members([
            "model": .string(path),
            "disk": disk.map { disk in
                .members([
                    "device": .string(disk.device), "file_system": .string(disk.fileSystem),
                    "source": .string(disk.source), "kernel": .string(disk.kernel),
                ])
            } ?? .null,
            "chosen": result.choice.map(Self.json) ?? .null,
            "refused": .list(
                result.refusals.map {
                    .members(["method": .string($0.way.name), "reason": .string("\($0.error)")])
                }),
            "kept_in": .optional(keptIn),
            "notes": .list(notes.map(JSONValue.string)),
            "measured": .list(result.speeds.map(Self.json)),
        ])
    }

    static func json(_ choice: ReadChoice) -> JSONValue {
        .members([
            "method": .string(choice.plan.method.rawValue), "block_bytes": .count(choice.plan.blockBytes),
            "queue_depth": .count(choice.plan.depth), "bytes_per_second": .real(choice.bytesPerSecond),
            "block_seconds": .real(choice.blockSeconds),
        ])
    }

    private static func json(_ speed: ReadSpeed) -> JSONValue {
        .members([
            "method": .string(speed.setting.way.name), "block_bytes": .count(speed.setting.blockBytes),
            "queue_depth": .count(speed.setting.depth), "samples": .count(speed.sampleCount),
            "bytes_per_second": .real(speed.bytesPerSecond),
            "block_seconds": .real(Double(speed.blockNanoseconds) / 1e9),
            "expert_seconds": .members([
                "p50": .real(Double(speed.expertNanoseconds.p50) / 1e9),
                "p90": .real(Double(speed.expertNanoseconds.p90) / 1e9),
                "p99": .real(Double(speed.expertNanoseconds.p99) / 1e9),
            ]),
            "processor_seconds_per_gigabyte": .real(speed.processorNanosecondsPerByte),
        ])
    }

    var text: String {
        var rows = [["file", path]]
        if let disk {
            rows.append([
                "disk", "\(disk.source) (\(disk.device)), \(disk.fileSystem), kernel \(disk.kernel)",
            ])
        }
        rows.append(["chosen", result.choice.map(Self.text) ?? "no way of reading works here"])
        rows += result.refusals.map { ["refused", "\($0.way.name): \($0.error)"] }
        if let keptIn { rows.append(["kept in", keptIn]) }
        rows += notes.map { ["note", $0] }
        return table + TextTable.text(rows, indent: "")
    }

    /// `direct-uring, 4 reads of 1.0 MiB: 1.21 GB/s, a read takes 3.1 ms`.
    static func text(_ choice: ReadChoice) -> String {
        let plan = choice.plan
        return "\(plan.method.rawValue), \(plan.depth) reads of \(ByteSize.text(plan.blockBytes)): "
            + "\(ReceiptText.decimal(choice.bytesPerSecond / 1e9, 2)) GB/s, a read takes "
            + "\(ReceiptText.decimal(choice.blockSeconds * 1e3, 1)) ms"
    }

    /// A row for each way and block size, a column for each depth.
    private var table: String {
        let depths = Set(result.speeds.map(\.setting.depth)).sorted()
        guard !depths.isEmpty else { return "" }
        let header = ["GB/s", "reads at once:"] + depths.map { "\($0)" }
        var rows: [[String]] = []
        for way in ReadWay.all {
            let speeds = result.speeds.filter { $0.setting.way == way }
            for blockBytes in Set(speeds.map(\.setting.blockBytes)).sorted() {
                let cells = depths.map { depth in
                    speeds.first { $0.setting.blockBytes == blockBytes && $0.setting.depth == depth }
                        .map { ReceiptText.decimal($0.bytesPerSecond / 1e9, 2) } ?? ""
                }
                rows.append([way.name, ByteSize.text(blockBytes)] + cells)
            }
        }
        return TextTable.text(
            [header] + rows, rightAligned: Set(1..<(depths.count + 2)), indent: "")
    }
}
