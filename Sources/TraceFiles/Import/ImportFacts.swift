/// What the user knows of a model where the format of a trace does not say it.
public struct ImportFacts: Sendable, Equatable {
    /// Experts of a layer.
    public var expertCount: Int?
    /// Layers with experts.
    public var layerCount: Int?
    /// Bytes of an expert on disk, the same in all layers.
    public var expertBytes: Int?

    public init(expertCount: Int? = nil, layerCount: Int? = nil, expertBytes: Int? = nil) {
        self.expertCount = expertCount
        self.layerCount = layerCount
        self.expertBytes = expertBytes
    }
}
