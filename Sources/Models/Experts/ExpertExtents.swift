public import ExpertStorage
import Kernels
import ModelFiles
public import Residency

/// Where the experts of a model lie in its files, and where each matrix of an expert lies in a slot.
///
/// Matrices that follow one another in the file, in every expert, are one piece and one read: gate and up in
/// one tensor, or the whole record of a packed store.
public struct ExpertExtents: Sendable {
    /// By layer with experts, from 0: the pieces of every expert.
    public let catalog: ExpertCatalog
    /// The model's number of each layer with experts.
    public let layerNumbers: [Int]
    /// The checksum of every expert's record (numbered through), where the model comes from a store.
    let checksums: [Checksum]
    /// How the bytes of every expert's record are arranged, where they have to be joined before they are
    /// used; nil where all lie in slots as they are computed with.
    let patterns: [RecordPattern?]?
    /// Formats and bytes of an expert's matrices, by layer with experts.
    private let matricesOfLayer: [[PackedExpert.Matrix]]
    /// The piece that holds each matrix of an expert.
    private let pieceOfMatrix: [Int]
    /// Bytes from the start of that piece, by layer with experts and matrix.
    private let offsetInPiece: [Int]

    /// - Throws: `invalidStore` where records are not arranged as the model's matrices demand.
    /// - Returns: nil where experts are no views of the file (repacked ones), or there are none.
    init?(_ layers: [LayerExperts?], in file: ModelFile) throws(ModelFileError) {
        layerNumbers = layers.indices.filter { layers[$0] != nil }
        var places: [[[MatrixPlace]]] = []
        for layer in layers.compactMap({ $0 }) {
            var ofLayer: [[MatrixPlace]] = []
            for expert in layer.experts {
                guard let found = Self.places(expert, in: file) else { return nil }
                ofLayer.append(found)
            }
            places.append(ofLayer)
        }
        guard let matrixCount = places.first?.first?.count else { return nil }
        let isJoined = (0..<matrixCount).map { matrix in
            matrix > 0
                && places.allSatisfy { $0.allSatisfy { $0[matrix].follows($0[matrix - 1]) } }
        }
        var pieceOfMatrix: [Int] = []
        for matrix in 0..<matrixCount {
            pieceOfMatrix.append((pieceOfMatrix.last ?? -1) + (isJoined[matrix] ? 0 : 1))
        }
        let starts = (0..<matrixCount).filter { !isJoined[$0] }
        catalog = ExpertCatalog(
            layers: places.map { layer in
                layer.map { expert in
                    starts.indices.map { piece in
                        let end = piece + 1 < starts.count ? starts[piece + 1] : matrixCount
                        let first = expert[starts[piece]]
                        return ExpertPiece(
                            file: first.location.file, offset: first.location.offset,
                            byteCount: expert[starts[piece]..<end].reduce(0) { $0 + $1.byteCount })
                    }
                }
            })
        offsetInPiece = places.flatMap { layer -> [Int] in
            (0..<matrixCount).map { matrix in
                (starts[pieceOfMatrix[matrix]]..<matrix).reduce(0) { $0 + layer[0][$1].byteCount }
            }
        }
        self.pieceOfMatrix = pieceOfMatrix
        matricesOfLayer = layers.compactMap { $0?.experts.first }.map { expert in
            expert.matrices.map { .init(format: $0.format, byteCount: $0.byteCount) }
        }
        let records = Self.records(of: catalog, layerNumbers, in: file)
        checksums = records.contains(nil) ? [] : records.compactMap { $0?.checksum }
        patterns = try Self.patterns(of: records, matricesOfLayer, catalog, in: file)
    }

    /// The pattern of every record; nil where none has one.
    private static func patterns(
        of records: [StoreManifest.Record?], _ matrices: [[PackedExpert.Matrix]], _ catalog: ExpertCatalog,
        in file: ModelFile
    ) throws(ModelFileError) -> [RecordPattern?]? {
        guard file.hasSplitRecords, let store = file.store else { return nil }
        func failure(_ found: String, at offset: Int) -> ModelFileError {
            let expected = "the model's own matrices, each expert in one record"
            return ModelFileError(
                .invalidStore(found: found, expected: expected), path: file.path, offset: offset)
        }
        guard !records.isEmpty else { throw failure("records that are no experts", at: 0) }
        var patterns: [RecordPattern?] = []
        for (number, record) in records.enumerated() {
            guard let record else {
                let piece = catalog.piece(0, of: number)
                // A layer may have fewer experts than another.
                if piece.byteCount > 0 { throw failure("an expert without record", at: piece.offset) }
                patterns.append(nil)
                continue
            }
            let pattern = store.pattern(of: record)
            let found = pattern?.matrices.map {
                PackedExpert.Matrix(format: $0.format, byteCount: $0.byteCount)
            }
            if let found, found != matrices[catalog.layer(of: number)] {
                throw failure("a record of other matrices", at: record.offset)
            }
            patterns.append(pattern)
        }
        return patterns
    }

    /// What an expert of `layer` (of those with experts) consists of.
    func matrices(layer: Int) -> [PackedExpert.Matrix] { matricesOfLayer[layer] }

    /// Places where a record lies until it was joined, one for each size of slot; none where records are not
    /// joined.
    func spareBytes(_ shape: CacheShape) -> [Int] {
        patterns == nil ? [] : Set(slotBytesOfLayers(shape)).sorted()
    }

    /// Bytes of places for records that are joined: `spareBytes` of the smallest shapes.
    public func spareBytes(sharing: Bool) -> Int {
        guard patterns != nil else { return 0 }
        return sharing ? catalog.slotBytes.max() ?? 0 : Set(catalog.slotBytes).reduce(0, +)
    }

    /// The record of every expert (numbered through), nil for one that has none; empty where experts are no
    /// records of a store.
    private static func records(
        of catalog: ExpertCatalog, _ layerNumbers: [Int], in file: ModelFile
    ) -> [StoreManifest.Record?] {
        guard let records = file.store?.records, catalog.piecesPerExpert == 1 else { return [] }
        var found = Array(
            repeating: StoreManifest.Record?.none, count: catalog.layerCount * catalog.expertsPerLayer)
        for record in records {
            guard let layer = layerNumbers.firstIndex(of: record.layer) else { continue }
            let number = catalog.number(layer: layer, expert: record.expert)
            let piece = catalog.piece(0, of: number)
            if piece.offset == record.offset, piece.byteCount == record.byteCount {
                found[number] = record
            }
        }
        return found
    }

    /// Bytes from the start of a slot to a matrix of an expert (numbered through) that lies in it.
    package func slotOffset(matrix: Int, layer: Int, expert: Int) -> Int {
        catalog.slotOffset(piece: pieceOfMatrix[matrix], of: expert)
            + offsetInPiece[layer * pieceOfMatrix.count + matrix]
    }

    /// The tensors of `file` of which no expert is a part: what every token may need.
    func otherTensors(of file: ModelFile) -> [TensorRecord] {
        var experts: [[Range<Int>]] = Array(repeating: [], count: file.diskPaths.count)
        for layer in layerNumbers.indices {
            for expert in 0..<catalog.expertsPerLayer {
                for index in 0..<catalog.piecesPerExpert {
                    let piece = catalog.piece(index, of: catalog.number(layer: layer, expert: expert))
                    experts[piece.file].append(piece.offset..<piece.offset + piece.byteCount)
                }
            }
        }
        for file in experts.indices { experts[file].sort { $0.lowerBound < $1.lowerBound } }
        return file.tensors.values.filter { record in
            let location = file.location(of: record)
            let next = experts[location.file].partitioningIndex { $0.lowerBound > location.offset }
            return next == 0 || !experts[location.file][next - 1].contains(location.offset)
        }
        .sorted { ($0.part, $0.offset) < ($1.part, $1.offset) }
    }

    /// Bytes of every slot of `shape`, behind them of `guesses` places for each size of slot, and behind
    /// those of the places where records are joined.
    public func areaBytes(of shape: CacheShape, guesses: Int) -> [Int] {
        let ofLayers = slotBytesOfLayers(shape)
        let slots: [Int] =
            switch shape.pools {
            case .global(let slots): Array(repeating: ofLayers.max() ?? 0, count: slots)
            case .perLayer(let slots): zip(slots, ofLayers).flatMap { Array(repeating: $1, count: $0) }
            }
        return slots + Set(ofLayers).sorted().flatMap { Array(repeating: $0, count: guesses) }
            + spareBytes(shape)
    }

    /// Bytes of a slot of each layer: one that layers share is as large as the largest expert.
    func slotBytesOfLayers(_ shape: CacheShape) -> [Int] {
        switch shape.pools {
        case .global(_): catalog.slotBytes.map { _ in catalog.slotBytes.max() ?? 0 }
        case .perLayer(_): catalog.slotBytes
        }
    }

    /// Where a matrix lies in the file.
    private struct MatrixPlace {
        let location: FileLocation
        let byteCount: Int

        func follows(_ other: MatrixPlace) -> Bool {
            location.file == other.location.file
                && location.offset == other.location.offset + other.byteCount
        }
    }

    private static func places(_ expert: ExpertWeights, in file: ModelFile) -> [MatrixPlace]? {
        var places: [MatrixPlace] = []
        for matrix in expert.matrices {
            guard let location = file.location(of: matrix) else { return nil }
            places.append(MatrixPlace(location: location, byteCount: matrix.byteCount))
        }
        return places
    }
}

extension ExpertWeights {
    /// Its matrices, in the order in which a slot holds them.
    fileprivate var matrices: [WeightMatrix] {
        switch gateUp {
        case .separate(let gate, let up): [gate.weights, up.weights, down.weights]
        case .interleaved(let both): [both.weights, down.weights]
        }
    }

    /// The same expert with matrix i at `address(i)`. Allocates: none.
    func moved(_ address: (Int) -> UnsafeRawPointer) -> ExpertWeights {
        switch gateUp {
        case .separate(let gate, let up):
            unsafe ExpertWeights(
                gateUp: .separate(gate: gate.moved(to: address(0)), up: up.moved(to: address(1))),
                down: down.moved(to: address(2)))
        case .interleaved(let both):
            unsafe ExpertWeights(
                gateUp: .interleaved(both.moved(to: address(0))), down: down.moved(to: address(1)))
        }
    }
}

extension Linear {
    /// The same product with its weights at another place.
    @unsafe fileprivate func moved(to base: UnsafeRawPointer) -> Linear {
        unsafe Linear(weights: weights.moved(to: base), bias: bias, isTransposed: isTransposed)
    }
}

extension [Range<Int>] {
    /// The first index whose element belongs to the second part; the elements are ordered by that.
    fileprivate func partitioningIndex(where belongsToSecond: (Range<Int>) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongsToSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
