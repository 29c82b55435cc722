/// All keys of machine files: decoding, the comments of a written file and the search for the nearest key
/// come from here.
public enum MachineKeys {
    private static let percent = 0.0...100
    private static let spread = 0.0...1000

    /// In the order in which files give them.
    public static let all: [SettingKey] = [
        SettingKey(
            "machine", "name", .words(mostCharacters: 200), default: "", "What it is; for people only."),
        SettingKey(
            "disk", "latency_us", .number(0...10_000_000, unit: "microseconds"), default: "none: needed",
            "From asking for experts to their first byte, while the disk has nothing else to do."),
        SettingKey(
            "disk", "bandwidth_mb_per_s", .number(1...1_000_000, unit: "megabytes of 10^6 per second"),
            default: "none: needed", "What it delivers while enough reads are under way."),
        SettingKey(
            "disk", "block_kib", .integer(4...1 << 20, unit: "KiB"), default: "512", "Size of one read."),
        SettingKey(
            "disk", "depth_reads", .integer(1...4096, unit: "reads"), default: "16",
            "Reads that may be under way at once."),
        SettingKey(
            "disk", "read_ahead_percent", .number(percent, unit: "percent"), default: "100",
            "Share of the time in which nobody waits for the disk that reading ahead can use."),
        SettingKey(
            "disk", "spread_percent", .number(spread, unit: "percent"), default: "15",
            "How far the times of reads lay from what latency and bandwidth say, for the middle 80 % of them."
        ),
        SettingKey(
            "memory", "bandwidth_mb_per_s", .number(1...100_000_000, unit: "megabytes of 10^6 per second"),
            default: "none: needed", "What all threads together read of memory."),
        SettingKey(
            "processor", "threads", .integer(1...1024, unit: "threads"), default: "1",
            "Threads that the figures were measured with; for people only."),
        SettingKey(
            "processor", "layer_overhead_us", .number(0...1_000_000, unit: "microseconds"), default: "20",
            "Time of a layer that goes with no bytes: waking threads, norms."),
        SettingKey(
            "processor", "read_overhead_us_per_mb",
            .number(0...1_000_000, unit: "microseconds per 10^6 bytes"), default: "0",
            "Processor time that reading takes, on top of waiting for it."),
        SettingKey(
            "processor", "hidden_read_us_per_mb",
            .number(0...1_000_000, unit: "microseconds per 10^6 bytes"), default: "0",
            "What reading adds to a token at least, however well it is hidden behind computing."),
        SettingKey(
            "processor", "step_overhead_us", .number(0...10_000_000, unit: "microseconds"), default: "0",
            "Time of a token that goes with no bytes."),
        SettingKey(
            "processor", "spread_percent", .number(spread, unit: "percent"), default: "5",
            "How far the times of tokens lay from their median, for the middle 80 % of them."),
        SettingKey(
            "model", "fingerprint", .words(mostCharacters: 64), default: "",
            "The model, as `sluice inspect` shows it; a trace of another one is refused."),
        SettingKey(
            "model", "expert_kib", .number(0...1e9, unit: "KiB"), default: "what the trace says",
            "An expert, on average over the layers."),
        SettingKey(
            "model", "dense_kib_per_layer", .number(0...1e9, unit: "KiB"), default: "none: needed",
            "What every token reads besides experts, divided by the layers with experts."),
        SettingKey(
            "model", "output_kib", .number(0...1e9, unit: "KiB"), default: "0", "The output matrix."),
        SettingKey(
            "model", "position_bytes_per_layer", .number(0...1e9, unit: "bytes"), default: "0",
            "Keys and values of one position."),
        SettingKey(
            "model", "weight_percent_of_memory", .number(0.01...1000, unit: "percent"), default: "65",
            "How fast weights pass when one token is computed, against the memory's bandwidth."),
        SettingKey(
            "model", "position_percent_of_memory", .number(0.01...1000, unit: "percent"), default: "50",
            "The same of keys and values."),
        SettingKey(
            "model", "prompt_mb_per_s", .number(1...1e12, unit: "megabytes of 10^6 per second"),
            default: "three times the memory's bandwidth",
            "Bytes of weights times tokens, when many tokens are computed together."),
    ]
}
