/// What a token of one model takes of a machine, as bytes that pass through the processor.
public struct ModelLoad: Sendable, Equatable {
    /// Bytes of an expert, by layer with experts.
    public var expertBytes: [Int]
    /// Experts that a token chooses of a layer.
    public var expertsPerToken: Int
    /// What every token reads of a layer besides: attention, router, shared experts, dense layers' share.
    public var denseBytesPerLayer: Double
    /// What every step reads once: the output matrix.
    public var outputBytes: Double
    /// Keys and values of a position in one layer.
    public var positionBytesPerLayer: Double
    /// Share of the memory's bandwidth at which weights pass through the kernels of this model's formats when
    /// one token is computed.
    public var weightShare: Double
    /// The same of keys and values.
    public var positionShare: Double
    /// Weight bytes times rows per second when many rows are computed together.
    public var rowBytesPerSecond: Double

    public init(
        expertBytes: [Int], expertsPerToken: Int, denseBytesPerLayer: Double, outputBytes: Double,
        positionBytesPerLayer: Double, weightShare: Double, positionShare: Double, rowBytesPerSecond: Double
    ) {
        precondition(
            weightShare > 0 && positionShare > 0 && rowBytesPerSecond > 0,
            "shares of \(weightShare) and \(positionShare), \(rowBytesPerSecond) bytes/s for rows")
        self.expertBytes = expertBytes
        self.expertsPerToken = expertsPerToken
        self.denseBytesPerLayer = denseBytesPerLayer
        self.outputBytes = outputBytes
        self.positionBytesPerLayer = positionBytesPerLayer
        self.weightShare = weightShare
        self.positionShare = positionShare
        self.rowBytesPerSecond = rowBytesPerSecond
    }
}
