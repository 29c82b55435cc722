import Generation
import ModelFiles
import Residency
import Tuning

/// What `sluice doctor --machine` prints.
struct MachineReport {
    let machine: MachineFile
    /// Where it was written.
    let path: String

    var json: JSONValue {
        let figures = machine.machine
        return .members([
            "written": .string(path), "name": .string(machine.name), "threads": .count(machine.threads),
            "disk": .members([
                "latency_seconds": .real(figures.disk.latencySeconds),
                "bytes_per_second": .real(figures.disk.bytesPerSecond), "spread": .real(figures.spread.disk),
            ]),
            "memory_bytes_per_second": .real(figures.memoryBytesPerSecond),
            "layer_overhead_seconds": .real(figures.layerOverheadSeconds),
            "compute_spread": .real(figures.spread.compute),
            "fingerprint": .optional(machine.model?.fingerprint),
            "weight_share": .optional(machine.model?.weightShare),
        ])
    }

    var text: String {
        let figures = machine.machine
        let latency = ReceiptText.decimal(figures.disk.latencySeconds * 1e3, 2)
        let disk = ReceiptText.decimal(figures.disk.bytesPerSecond / 1e9, 2)
        let memory = ReceiptText.decimal(figures.memoryBytesPerSecond / 1e9, 1)
        var rows = [
            ["machine", machine.name],
            ["disk", "\(latency) ms, then \(disk) GB/s (+-\(Self.percent(figures.spread.disk)) %)"],
            ["memory", "\(memory) GB/s with \(machine.threads) threads"],
        ]
        if let model = machine.model {
            rows.append([
                "weights",
                "\(Self.percent(model.weightShare)) % of the memory's speed "
                    + "(+-\(Self.percent(figures.spread.compute)) %), model \(model.fingerprint)",
            ])
        }
        rows.append(["written", path])
        return TextTable.text(rows, indent: "")
    }

    private static func percent(_ share: Double) -> String { ReceiptText.decimal(share * 100, 0) }
}
