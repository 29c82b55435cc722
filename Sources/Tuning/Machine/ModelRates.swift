public import Residency

/// What one model takes of a machine: sizes, and how fast its formats pass through the kernels.
public struct ModelRates: Sendable, Equatable {
    /// Tells models apart; empty where nobody said.
    public var fingerprint = ""
    /// Bytes of an expert, on average; 0 where only a trace knows.
    public var expertBytes = 0.0
    /// What every token reads besides experts, divided by the layers with experts.
    public var denseBytesPerLayer: Double
    /// The output matrix.
    public var outputBytes = 0.0
    /// Keys and values of a position in one layer.
    public var positionBytesPerLayer = 0.0
    /// As in ``ModelLoad``.
    public var weightShare = 0.65
    /// As in ``ModelLoad``.
    public var positionShare = 0.5
    /// As in ``ModelLoad``.
    public var rowBytesPerSecond: Double

    init(_ file: SettingsFile, memoryBytesPerSecond: Double) throws(TuningError) {
        fingerprint = file.entry("model.fingerprint")?.text ?? ""
        expertBytes = (file.number("model.expert_kib") ?? 0) * 1024
        denseBytesPerLayer = try file.needed("model.dense_kib_per_layer", for: "[model]") * 1024
        outputBytes = (file.number("model.output_kib") ?? 0) * 1024
        positionBytesPerLayer = file.number("model.position_bytes_per_layer") ?? 0
        weightShare = (file.number("model.weight_percent_of_memory") ?? 65) / 100
        positionShare = (file.number("model.position_percent_of_memory") ?? 50) / 100
        rowBytesPerSecond = file.number("model.prompt_mb_per_s").map { $0 * 1e6 } ?? 3 * memoryBytesPerSecond
    }

    /// As measured; the rest is set afterwards.
    init(denseBytesPerLayer: Double, rowBytesPerSecond: Double) {
        self.denseBytesPerLayer = denseBytesPerLayer
        self.rowBytesPerSecond = rowBytesPerSecond
    }

    /// What the model of a trace takes.
    ///
    /// - Parameter expertBytes: by layer, where somebody knows better than the trace.
    /// - Returns: nil where nobody knows how large experts are.
    public func load(for shape: TraceShape, expertBytes known: [Int]? = nil) -> ModelLoad? {
        let bytes = (known ?? shape.expertBytes).map { $0 > 0 ? $0 : Int(expertBytes) }
        guard bytes.allSatisfy({ $0 > 0 }) else { return nil }
        return ModelLoad(
            expertBytes: bytes, expertsPerToken: shape.expertsPerToken,
            denseBytesPerLayer: denseBytesPerLayer, outputBytes: outputBytes,
            positionBytesPerLayer: positionBytesPerLayer, weightShare: weightShare,
            positionShare: positionShare, rowBytesPerSecond: rowBytesPerSecond)
    }
}
