import ExpertStorage
public import ModelFiles

extension DiskProfile {
    /// What a profile may hold: beyond it, a file is damaged or made to do harm.
    private static let blockLimits = ReadFiles.alignmentBytes...(64 << 20)
    private static let depthLimits = ReadChoice.minimumDepth...1024
    private static let mostBytesUnderWay = 1 << 30
    private static let speedLimits = 1e3...1e13
    private static let secondsLimits = 0...3600.0

    /// As the file keeps it.
    public var json: JSONValue {
        .members([
            "device": .string(disk.device), "file_system": .string(disk.fileSystem),
            "source": .string(disk.source), "kernel": .string(disk.kernel),
            "method": .string(choice.plan.method.rawValue), "block_bytes": .count(choice.plan.blockBytes),
            "queue_depth": .count(choice.plan.depth), "bytes_per_second": .real(choice.bytesPerSecond),
            "block_seconds": .real(choice.blockSeconds),
        ])
    }

    /// Reads what `json` wrote; nil for anything else and for values that no disk has.
    init?(_ json: JSONValue) {
        guard let device = json["device"]?.string, let fileSystem = json["file_system"]?.string,
            let source = json["source"]?.string, let kernel = json["kernel"]?.string,
            let method = json["method"]?.string.flatMap(ReadMethod.init),
            let blockBytes = json["block_bytes"]?.integer.flatMap(Int.init(exactly:)),
            let depth = json["queue_depth"]?.integer.flatMap(Int.init(exactly:)),
            let speed = Self.number(json["bytes_per_second"]),
            let blockSeconds = Self.number(json["block_seconds"])
        else { return nil }
        guard Self.blockLimits.contains(blockBytes), blockBytes % ReadFiles.alignmentBytes == 0,
            Self.depthLimits.contains(depth), blockBytes * depth <= Self.mostBytesUnderWay,
            Self.speedLimits.contains(speed), Self.secondsLimits.contains(blockSeconds)
        else { return nil }
        self.init(
            disk: DiskIdentity(device: device, fileSystem: fileSystem, source: source, kernel: kernel),
            choice: ReadChoice(
                plan: ReadPlan(method: method, blockBytes: blockBytes, depth: depth), bytesPerSecond: speed,
                blockSeconds: blockSeconds))
    }

    private static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .real(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
    }
}
