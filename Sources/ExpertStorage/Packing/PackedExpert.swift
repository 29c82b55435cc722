public import Kernels

/// An expert that is to become a record: which one it is, and the pieces of files that it consists of.
public struct PackedExpert: Sendable, Equatable {
    /// The layer's number in the model.
    public var layer: Int
    /// The expert's number in its layer.
    public var expert: Int
    /// In the order in which they will lie in the record; `file` counts the parts of the model.
    public var pieces: [ExpertPiece]
    /// What the pieces hold, one behind the other; only a progressive record needs to know.
    public var matrices: [Matrix]

    /// A matrix of an expert, by its format and its bytes.
    public struct Matrix: Sendable, Equatable {
        /// How its elements are stored.
        public var format: WeightFormat
        /// Its bytes in the source.
        public var byteCount: Int

        public init(format: WeightFormat, byteCount: Int) {
            self.format = format
            self.byteCount = byteCount
        }
    }

    public init(layer: Int, expert: Int, pieces: [ExpertPiece], matrices: [Matrix] = []) {
        self.layer = layer
        self.expert = expert
        self.pieces = pieces
        self.matrices = matrices
    }
}
