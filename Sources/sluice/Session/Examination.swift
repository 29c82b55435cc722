import Foundation
import Generation
import Kernels
import ModelFiles

/// What `sluice doctor` finds.
struct Examination {
    let cores = MachineCores.read()
    let memory = MachineMemory.read()
    let chosen: InstructionSet
    /// Bytes per second by number of threads, from 1 up.
    let bandwidths: [Double]
    /// The kernel's setting for transparent huge pages; nil where there is none.
    let hugePages: String?
    /// What is known of the model's disk; nil where it was never measured.
    let disk: DiskProfile?
    /// What is wrong with the file that keeps such knowledge; nil where nothing is.
    let diskProblem: String?

    /// Threads beyond this add minutes to the measurement and nothing to the answer.
    private static let maximumMeasuredThreads = 64

    init(modelPath: String) throws {
        let profiles = DiskProfiles(environment: ProcessInfo.processInfo.environment)
        (disk, diskProblem) = profiles?.load(for: modelPath) ?? (nil, nil)
        chosen = try InstructionSet.fromEnvironment()
        let most = min(cores.recommendedThreads, Self.maximumMeasuredThreads)
        bandwidths = (1...most).map { BandwidthProbe.bandwidth(threadCount: $0).bytesPerSecond }
        let setting = MachineFiles().text("/sys/kernel/mm/transparent_hugepage/enabled") ?? ""
        hugePages = setting.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("[") }
            .map { String($0.dropFirst().dropLast()) }
    }

    /// What would make runs faster or safer; empty where nothing comes to mind.
    var advice: [String] {
        var advice: [String] = []
        if let best = bandwidths.max(), let threads = bandwidths.firstIndex(where: { $0 >= 0.9 * best }),
            threads + 1 < bandwidths.count
        {
            advice.append(
                "\(threads + 1) of \(bandwidths.count) threads reach the memory's speed; more help the "
                    + "prompt only (-t \(threads + 1))"
            )
        }
        if let quota = cores.quota, quota < Double(cores.physicalCount) {
            advice.append(
                "the cgroup allows \(quota) processors of \(cores.physicalCount); more threads would only "
                    + "wait"
            )
        }
        if let limit = memory.groups.map(\.limitBytes).min(), let total = memory.totalBytes, limit < total {
            advice.append(
                "the cgroup allows \(ByteSize.text(limit)) of \(ByteSize.text(total)); --memory auto "
                    + "respects that"
            )
        }
        if hugePages == "never" {
            advice.append("transparent huge pages are off; madvise would let large buffers use them")
        }
        if chosen != InstructionSet.best {
            advice.append(
                "\(InstructionSet.environmentVariable) forces \(chosen.rawValue); "
                    + "\(InstructionSet.best.rawValue) is there too"
            )
        }
        return advice
    }

    var json: JSONValue {
        .members([
            "cores": .members([
                "physical": .count(cores.physicalCount), "fast": .count(cores.fastCount),
                "logical": .count(cores.logicalCount),
                "quota": .optional(cores.quota), "model": .optional(cores.model),
                "recommended_threads": .count(cores.recommendedThreads),
            ]),
            "instruction_sets": .members([
                "chosen": .string(chosen.rawValue),
                "available": .list(InstructionSet.available.map { .string($0.rawValue) }),
            ]),
            "memory": .members([
                "total": .optional(memory.totalBytes), "available": .optional(memory.availableBytes),
                "usable": .optional(memory.usableBytes),
            ]),
            "cgroups": .list(
                memory.groups.map {
                    .members([
                        "path": .string($0.path), "limit": .count($0.limitBytes),
                        "used": .optional($0.usedBytes),
                    ])
                }),
            "memory_bandwidth": .list(
                bandwidths.enumerated().map {
                    .members(["threads": .count($0.offset + 1), "bytes_per_second": .real($0.element)])
                }),
            "huge_pages": .optional(hugePages),
            "disk": disk?.json ?? .null,
            "advice": .list(advice.map(JSONValue.string)),
        ])
    }

    var text: String {
        let sets = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
        let fast = cores.fastCount < cores.physicalCount ? " (\(cores.fastCount) of them fast)" : ""
        let quota = cores.quota.map { ", cgroup allows \($0)" } ?? ""
        var rows = [
            ["processor", cores.model ?? "unknown"],
            ["cores", "\(cores.physicalCount) physical\(fast), \(cores.logicalCount) logical\(quota)"],
            ["instructions", "\(chosen.rawValue) (available: \(sets))"],
            ["memory", "\(Self.size(memory.totalBytes)), \(Self.size(memory.availableBytes)) available"],
        ]
        for group in memory.groups {
            rows.append([
                "cgroup",
                "\(ByteSize.text(group.limitBytes)) allowed, \(Self.size(group.usedBytes)) used "
                    + "(\(group.path))",
            ])
        }
        if memory.groups.isEmpty { rows.append(["cgroup", "no memory limit"]) }
        for (index, bandwidth) in bandwidths.enumerated() {
            let threads = index == 0 ? "1 thread" : "\(index + 1) threads"
            rows.append(["bandwidth", "\(ReceiptText.decimal(bandwidth / 1e9, 1)) GB/s with \(threads)"])
        }
        rows.append(["huge pages", hugePages ?? "unknown"])
        rows.append(["disk", disk.map { DiskReport.text($0.choice) } ?? Self.unmeasured])
        if let diskProblem { rows.append(["disk", "\(diskProblem); it is ignored"]) }
        for line in advice.isEmpty ? ["nothing to improve was found"] : advice {
            rows.append(["advice", line])
        }
        return TextTable.text(rows, indent: "")
    }

    private static let unmeasured = "not measured yet; `sluice doctor --disk -m MODEL` does"

    private static func size(_ bytes: Int?) -> String { bytes.map(ByteSize.text) ?? "unknown" }
}
