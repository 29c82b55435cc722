public import Residency

/// A machine as a TOML file describes it: one that was measured, or one that somebody thinks of.
public struct MachineFile: Sendable {
    /// What it is called; empty where the file does not say.
    public var name = ""
    /// Threads that it was measured with.
    public var threads = 1
    /// Disk, memory and processor.
    public var machine: MachineModel
    /// What one model takes of it; nil where the file has none.
    public var model: ModelRates?

    /// As measured.
    public init(name: String, threads: Int, machine: MachineModel, model: ModelRates?) {
        self.name = name
        self.threads = threads
        self.machine = machine
        self.model = model
    }

    /// Reads the bytes of a machine file.
    ///
    /// - Parameters:
    ///   - bytes: may stop one byte behind ``SettingsFile/mostBytes``.
    ///   - path: names the file in errors.
    /// - Throws: what is wrong first: the text, a key, a value, or a key that is missing.
    public init(_ bytes: [UInt8], path: String) throws(TuningError) {
        let file = try SettingsFile(bytes, path: path, keys: MachineKeys.all)
        let latency = try file.needed("disk.latency_us", for: "a machine file") / 1e6
        let bandwidth = try file.needed("disk.bandwidth_mb_per_s", for: "a machine file") * 1e6
        let memory = try file.needed("memory.bandwidth_mb_per_s", for: "a machine file") * 1e6
        machine = MachineModel(
            disk: MachineModel.Disk(
                latencySeconds: latency, bytesPerSecond: bandwidth,
                blockBytes: Int(file.number("disk.block_kib") ?? 512) << 10,
                depth: Int(file.number("disk.depth_reads") ?? 16),
                readAheadShare: (file.number("disk.read_ahead_percent") ?? 100) / 100),
            memoryBytesPerSecond: memory,
            layerOverheadSeconds: (file.number("processor.layer_overhead_us") ?? 20) / 1e6,
            readOverheadSecondsPerByte: (file.number("processor.read_overhead_us_per_mb") ?? 0) / 1e12,
            hiddenReadSecondsPerByte: (file.number("processor.hidden_read_us_per_mb") ?? 0) / 1e12,
            stepOverheadSeconds: (file.number("processor.step_overhead_us") ?? 0) / 1e6,
            spread: MachineModel.Spread(
                compute: (file.number("processor.spread_percent") ?? 5) / 100,
                disk: (file.number("disk.spread_percent") ?? 15) / 100))
        name = file.entry("machine.name")?.text ?? ""
        threads = Int(file.number("processor.threads") ?? 1)
        let hasModel = file.entries.contains { $0.key.table == "model" }
        model = hasModel ? try ModelRates(file, memoryBytesPerSecond: memory) : nil
    }

    /// The file, with a comment at every value.
    ///
    /// - Parameter title: what stands above everything, line by line, without `#`.
    public func text(title: [String]) -> String {
        var writer = MachineText(title: title)
        let disk = machine.disk
        writer.add("machine.name", text: name)
        writer.add("disk.latency_us", disk.latencySeconds * 1e6)
        writer.add("disk.bandwidth_mb_per_s", disk.bytesPerSecond / 1e6)
        writer.add("disk.block_kib", integer: disk.blockBytes >> 10)
        writer.add("disk.depth_reads", integer: disk.depth)
        writer.add("disk.read_ahead_percent", disk.readAheadShare * 100)
        writer.add("disk.spread_percent", machine.spread.disk * 100)
        writer.add("memory.bandwidth_mb_per_s", machine.memoryBytesPerSecond / 1e6)
        writer.add("processor.threads", integer: threads)
        writer.add("processor.layer_overhead_us", machine.layerOverheadSeconds * 1e6)
        writer.add("processor.read_overhead_us_per_mb", machine.readOverheadSecondsPerByte * 1e12)
        writer.add("processor.hidden_read_us_per_mb", machine.hiddenReadSecondsPerByte * 1e12)
        writer.add("processor.step_overhead_us", machine.stepOverheadSeconds * 1e6)
        writer.add("processor.spread_percent", machine.spread.compute * 100)
        if let model {
            writer.add("model.fingerprint", text: model.fingerprint)
            writer.add("model.expert_kib", model.expertBytes / 1024)
            writer.add("model.dense_kib_per_layer", model.denseBytesPerLayer / 1024)
            writer.add("model.output_kib", model.outputBytes / 1024)
            writer.add("model.position_bytes_per_layer", model.positionBytesPerLayer)
            writer.add("model.weight_percent_of_memory", model.weightShare * 100)
            writer.add("model.position_percent_of_memory", model.positionShare * 100)
            writer.add("model.prompt_mb_per_s", model.rowBytesPerSecond / 1e6)
        }
        return writer.text
    }
}

extension SettingsFile {
    /// The value of a number, where the file gives it.
    func number(_ key: String) -> Double? { entry(key).flatMap { Double($0.text) } }

    /// The value of a number that `user` cannot do without.
    func needed(_ key: String, for user: String) throws(TuningError) -> Double {
        guard let number = number(key) else {
            throw TuningError(.missingKey(key, neededBy: user), path: path)
        }
        return number
    }
}
