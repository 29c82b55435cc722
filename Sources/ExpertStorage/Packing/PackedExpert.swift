/// An expert that is to become a record: which one it is, and the pieces of files that it consists of.
public struct PackedExpert: Sendable, Equatable {
    /// The layer's number in the model.
    public var layer: Int
    /// The expert's number in its layer.
    public var expert: Int
    /// In the order in which they will lie in the record; `file` counts the parts of the model.
    public var pieces: [ExpertPiece]

    public init(layer: Int, expert: Int, pieces: [ExpertPiece]) {
        self.layer = layer
        self.expert = expert
        self.pieces = pieces
    }
}
