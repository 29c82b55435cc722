public import ExpertStorage

extension ExpertExtents {
    /// Every expert with its pieces, as a store takes them.
    public var packedExperts: [PackedExpert] {
        layerNumbers.enumerated().flatMap { index, layer in
            (0..<catalog.expertsPerLayer).compactMap { expert in
                let number = catalog.number(layer: index, expert: expert)
                let pieces = (0..<catalog.piecesPerExpert).map { catalog.piece($0, of: number) }
                // A layer may have fewer experts than another.
                guard pieces.contains(where: { $0.byteCount > 0 }) else { return nil }
                return PackedExpert(
                    layer: layer, expert: expert, pieces: pieces, matrices: matrices(layer: index))
            }
        }
    }
}
