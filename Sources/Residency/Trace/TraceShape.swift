/// The sizes of the model that a trace is of: what its choices can be, and what each costs.
public struct TraceShape: Hashable, Sendable {
    /// Layers with experts, and experts in each.
    public let numbering: ExpertNumbering
    /// Experts that a token chooses of a layer, at most.
    public let expertsPerToken: Int
    /// Bytes of an expert on disk, by layer; 0 where the recorder did not know.
    public let expertBytes: [Int]
    /// The model's own number of each layer with experts: 3, 4, ... where the first three have none.
    public let layerNumbers: [Int]

    /// - Precondition: an element for each layer in both lists; 1 to `expertCount` experts for a token.
    public init(
        numbering: ExpertNumbering, expertsPerToken: Int, expertBytes: [Int]? = nil,
        layerNumbers: [Int]? = nil
    ) {
        let layers = numbering.layerCount
        self.numbering = numbering
        self.expertsPerToken = expertsPerToken
        self.expertBytes = expertBytes ?? Array(repeating: 0, count: layers)
        self.layerNumbers = layerNumbers ?? Array(0..<layers)
        precondition(
            expertsPerToken > 0 && expertsPerToken <= numbering.expertCount,
            "\(expertsPerToken) of \(numbering.expertCount) experts for a token")
        precondition(
            self.expertBytes.count == layers && self.layerNumbers.count == layers,
            "\(self.expertBytes.count) sizes and \(self.layerNumbers.count) numbers for \(layers) layers")
    }

    /// Choices of a token: what one row of a trace holds.
    public var choicesPerRow: Int { numbering.layerCount * expertsPerToken }
}
