/// Consecutive bytes of a file that belong to an expert: one projection, or a whole record of a store.
public struct ExpertPiece: Sendable, Equatable {
    /// Index of the file.
    public var file: Int
    /// Where it starts.
    public var offset: Int
    /// How long it is.
    public var byteCount: Int

    public init(file: Int, offset: Int, byteCount: Int) {
        self.file = file
        self.offset = offset
        self.byteCount = byteCount
    }
}

/// Where every expert lies on disk, and where its pieces go in a slot.
///
/// Experts are numbered through: layer * expertsPerLayer + expert. Layers without experts have no pieces.
///
/// Layout: of a piece that starts at byte o of its file, the slot holds the file's bytes from
/// o / 4096 * 4096 on, so that direct reads find file and memory aligned alike; the piece itself starts
/// o % 4096 behind the place that the slot keeps for it.
public struct ExpertCatalog: Sendable {
    /// Experts of a layer.
    public let expertsPerLayer: Int
    /// Layers of the model.
    public let layerCount: Int
    /// Pieces of an expert, the same number for all.
    public let piecesPerExpert: Int
    private let pieces: [ExpertPiece]
    /// Where a piece's place starts in the slot, by layer and piece.
    private let places: [Int]
    /// Bytes of a slot for an expert of each layer; 0 where a layer has none.
    public let slotBytes: [Int]

    /// - Parameter layers: by layer and expert the pieces; an empty layer has no experts.
    /// - Precondition: all experts have as many pieces, and in a layer piece i is as long in every expert.
    public init(layers: [[[ExpertPiece]]]) {
        let expertsPerLayer = layers.reduce(0) { max($0, $1.count) }
        let piecesPerExpert = layers.lazy.compactMap { $0.first?.count }.first ?? 0
        let none = ExpertPiece(file: 0, offset: 0, byteCount: 0)
        var pieces: [ExpertPiece] = []
        var places: [Int] = []
        var slotBytes: [Int] = []
        for layer in layers {
            var place = 0
            for index in 0..<piecesPerExpert {
                let byteCount = layer.first?[index].byteCount ?? 0
                for expert in layer {
                    precondition(
                        expert.count == piecesPerExpert && expert[index].byteCount == byteCount,
                        "experts of one layer differ in their pieces")
                }
                places.append(place)
                // The bytes in front of the piece come along, and the rest of its last block.
                if byteCount > 0 { place += Self.aligned(byteCount + ReadFiles.alignmentBytes - 1) }
            }
            slotBytes.append(layer.isEmpty ? 0 : place)
            for expert in layer { pieces += expert }
            let missing = (expertsPerLayer - layer.count) * piecesPerExpert
            pieces += Array(repeating: none, count: missing)
        }
        self.expertsPerLayer = expertsPerLayer
        self.piecesPerExpert = piecesPerExpert
        self.pieces = pieces
        self.places = places
        self.slotBytes = slotBytes
        layerCount = layers.count
    }

    /// The number of expert `expert` of `layer`, as all others here take it.
    public func number(layer: Int, expert: Int) -> Int { layer * expertsPerLayer + expert }

    /// The layer of expert `expert` (numbered through).
    public func layer(of expert: Int) -> Int { expert / expertsPerLayer }

    /// Piece `index` of expert `expert` (numbered through).
    public func piece(_ index: Int, of expert: Int) -> ExpertPiece {
        pieces[expert * piecesPerExpert + index]
    }

    /// Bytes from the start of the slot to the first byte of the piece.
    public func slotOffset(piece index: Int, of expert: Int) -> Int {
        return places[layer(of: expert) * piecesPerExpert + index]
            + piece(index, of: expert).offset % ReadFiles.alignmentBytes
    }

    /// Bytes of the expert itself.
    public func byteCount(of expert: Int) -> Int {
        (0..<piecesPerExpert).reduce(0) { $0 + piece($1, of: expert).byteCount }
    }

    static func aligned(_ byteCount: Int) -> Int {
        (byteCount + ReadFiles.alignmentBytes - 1) / ReadFiles.alignmentBytes * ReadFiles.alignmentBytes
    }
}
