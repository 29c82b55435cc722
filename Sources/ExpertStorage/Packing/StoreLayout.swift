import Kernels
import ModelFiles

/// Where every byte of a source goes in a store; known before the first one is read.
///
/// A record's pieces follow one another without a gap, so that a record is one piece of an expert catalog.
/// A run of the dense region keeps its distance to the last multiple of 64, so that a tensor is aligned in
/// the store as it is in the source.
struct StoreLayout: Sendable {
    /// Consecutive bytes of a source file that stay together.
    struct Run: Sendable, Equatable {
        let file: Int
        let sourceOffset: Int
        let byteCount: Int
        /// The record that takes it; nil in the dense region.
        let record: Int?
        var storeOffset = 0
    }

    /// By file and place in the file; those of a file cover it.
    private(set) var runs: [Run] = []
    /// Without checksums until the bytes have been read.
    private(set) var manifest: StoreManifest
    /// Bytes of the store.
    let byteCount: Int

    /// - Parameters:
    ///   - files: names and sizes of the source's files, those with tensors first.
    ///   - experts: in any order.
    ///   - isProgressive: whether records are in two parts where their formats come apart.
    /// - Throws: `invalidExperts`.
    init(
        files: [(name: String, byteCount: Int)], entry: String, experts: [PackedExpert],
        isProgressive: Bool = false
    ) throws(ExpertStorageError) {
        let experts = experts.sorted { ($0.layer, $0.expert) < ($1.layer, $1.expert) }
        let pieces = try Self.pieces(experts, fileBytes: files.map(\.byteCount))
        runs = Self.runs(pieces, fileBytes: files.map(\.byteCount))
        manifest = StoreManifest(
            entry: entry, files: files.map { .init(name: $0.name, byteCount: $0.byteCount, runs: []) },
            records: experts.map { expert in
                let size = expert.pieces.reduce(0) { $0 + $1.byteCount }
                return .init(
                    layer: expert.layer, expert: expert.expert, offset: 0, byteCount: size,
                    checksum: Checksum())
            }, dense: 0..<0, denseChecksums: [])
        if isProgressive { try Self.arrange(experts, &manifest) }
        byteCount = Self.place(&runs, &manifest)
    }

    /// Gives every record its pattern; where none comes apart, records stay plain.
    private static func arrange(
        _ experts: [PackedExpert], _ manifest: inout StoreManifest
    ) throws(ExpertStorageError) {
        var patterns: [RecordPattern] = []
        var indices: [Int] = []
        for expert in experts {
            let pattern = try pattern(of: expert)
            let known = patterns.firstIndex(of: pattern)
            if known == nil { patterns.append(pattern) }
            indices.append(known ?? patterns.count - 1)
        }
        guard patterns.contains(where: \.isSplit) else { return }
        manifest.patterns = patterns
        for (record, index) in indices.enumerated() { manifest.records[record].patternIndex = index }
    }

    /// - Throws: `invalidExperts` where the matrices are not the bytes of the pieces, or a piece ends inside
    ///   one.
    private static func pattern(of expert: PackedExpert) throws(ExpertStorageError) -> RecordPattern {
        func ends(_ sizes: [Int]) -> [Int] { sizes.indices.map { sizes[...$0].reduce(0, +) } }
        let (pieces, matrices) = (expert.pieces.map(\.byteCount), expert.matrices.map(\.byteCount))
        guard matrices.allSatisfy({ $0 > 0 }), pieces.reduce(0, +) == matrices.reduce(0, +),
            Set(ends(pieces)).isSubset(of: ends(matrices))
        else {
            throw ExpertStorageError(
                .invalidExperts(found: "matrices of \(matrices) bytes in pieces of \(pieces)"),
                layer: expert.layer, expert: expert.expert)
        }
        return RecordPattern(
            expert.matrices.map { matrix in
                let isSplit =
                    BlockPlanes(matrix.format) != nil && matrix.byteCount % matrix.format.blockBytes == 0
                return .init(format: matrix.format, byteCount: matrix.byteCount, isSplit: isSplit)
            })
    }

    /// An expert's bytes that lie together in the source, and where they go in its record.
    private struct PlacedPiece {
        var file: Int
        var sourceOffset: Int
        var byteCount: Int
        let record: Int
        let recordOffset: Int
    }

    /// The pieces of all experts by their place in the source, neighbours joined.
    private static func pieces(
        _ experts: [PackedExpert], fileBytes: [Int]
    ) throws(ExpertStorageError) -> [PlacedPiece] {
        var pieces: [PlacedPiece] = []
        for (record, expert) in experts.enumerated() {
            func failure(_ found: String) -> ExpertStorageError {
                ExpertStorageError(.invalidExperts(found: found), layer: expert.layer, expert: expert.expert)
            }
            if record > 0,
                (expert.layer, expert.expert) == (experts[record - 1].layer, experts[record - 1].expert)
            {
                throw failure("an expert that occurs twice")
            }
            var recordOffset = 0
            for piece in expert.pieces {
                guard fileBytes.indices.contains(piece.file), piece.offset >= 0, piece.byteCount > 0,
                    piece.byteCount <= fileBytes[piece.file],
                    piece.offset <= fileBytes[piece.file] - piece.byteCount
                else {
                    throw failure("\(piece.byteCount) bytes at byte \(piece.offset) of file \(piece.file)")
                }
                if let last = pieces.last, last.record == record, last.file == piece.file,
                    last.sourceOffset + last.byteCount == piece.offset
                {
                    pieces[pieces.count - 1].byteCount += piece.byteCount
                } else {
                    pieces.append(
                        PlacedPiece(
                            file: piece.file, sourceOffset: piece.offset, byteCount: piece.byteCount,
                            record: record, recordOffset: recordOffset))
                }
                recordOffset += piece.byteCount
            }
            guard recordOffset > 0 else { throw failure("an expert without bytes") }
        }
        pieces.sort { ($0.file, $0.sourceOffset) < ($1.file, $1.sourceOffset) }
        for (first, second) in zip(pieces, pieces.dropFirst())
        where first.file == second.file && first.sourceOffset + first.byteCount > second.sourceOffset {
            let expert = experts[second.record]
            throw ExpertStorageError(
                .invalidExperts(found: "bytes at byte \(second.sourceOffset) that belong to two experts"),
                layer: expert.layer, expert: expert.expert)
        }
        return pieces
    }

    /// The pieces and what lies between them.
    private static func runs(_ pieces: [PlacedPiece], fileBytes: [Int]) -> [Run] {
        var runs: [Run] = []
        var next = 0
        for (file, size) in fileBytes.enumerated() {
            var offset = 0
            func addDense(to end: Int) {
                guard end > offset else { return }
                runs.append(Run(file: file, sourceOffset: offset, byteCount: end - offset, record: nil))
            }
            while next < pieces.count, pieces[next].file == file {
                let piece = pieces[next]
                addDense(to: piece.sourceOffset)
                runs.append(
                    Run(
                        file: file, sourceOffset: piece.sourceOffset, byteCount: piece.byteCount,
                        record: piece.record, storeOffset: piece.recordOffset))
                offset = piece.sourceOffset + piece.byteCount
                next += 1
            }
            addDense(to: size)
        }
        return runs
    }

    /// Bytes of a run that are written in one way.
    struct Stretch {
        let sourceOffset: Int
        let byteCount: Int
        /// How its blocks come apart; nil where they do not.
        var planes: BlockPlanes?
        /// Where it goes, or the prefixes of its blocks do.
        let storeOffset: Int
        /// Where the rests of its blocks go.
        var restOffset = 0
        var isDense = false
    }

    /// The run as it is, or matrix after matrix where its record comes apart.
    func stretches(of run: Run) -> [Stretch] {
        guard let index = run.record, let pattern = manifest.pattern(of: manifest.records[index]) else {
            return [
                Stretch(
                    sourceOffset: run.sourceOffset, byteCount: run.byteCount, storeOffset: run.storeOffset,
                    isDense: run.record == nil)
            ]
        }
        let start = manifest.records[index].offset
        var (place, prefix, rest) = (start, start, start + pattern.prefixBytes)
        var stretches: [Stretch] = []
        for matrix in pattern.matrices {
            // A run is whole matrices.
            if place >= run.storeOffset, place < run.storeOffset + run.byteCount {
                stretches.append(
                    Stretch(
                        sourceOffset: run.sourceOffset + place - run.storeOffset,
                        byteCount: matrix.byteCount, planes: matrix.planes, storeOffset: prefix,
                        restOffset: rest))
            }
            place += matrix.byteCount
            prefix += matrix.prefixBytes
            rest += matrix.byteCount - matrix.prefixBytes
        }
        return stretches
    }

    /// Places runs and records and gives the size of the store.
    private static func place(
        _ runs: inout [Run], _ manifest: inout StoreManifest
    ) -> Int {
        let denseBytes = placeDense(&runs, from: 0)
        // Places do not change the size of the manifest.
        for run in runs {
            manifest.files[run.file].runs.append(.init(storeOffset: 0, byteCount: run.byteCount))
        }
        manifest.denseChecksums = Array(
            repeating: Checksum(), count: StoreManifest.densePieceCount(denseBytes))
        let start = StoreFormat.aligned(
            StoreFormat.headerBytes + manifest.encoded.count, to: StoreFormat.pageBytes)
        _ = placeDense(&runs, from: start)
        manifest.dense = start..<start + denseBytes
        var end = manifest.dense.upperBound
        for index in manifest.records.indices {
            let size = manifest.records[index].byteCount
            let offset = StoreFormat.aligned(end, to: StoreFormat.alignment(ofRecord: size))
            manifest.records[index].offset = offset
            end = offset + size
        }
        var runOfFile = Array(repeating: 0, count: manifest.files.count)
        for index in runs.indices {
            if let record = runs[index].record { runs[index].storeOffset += manifest.records[record].offset }
            let file = runs[index].file
            manifest.files[file].runs[runOfFile[file]].storeOffset = runs[index].storeOffset
            runOfFile[file] += 1
        }
        return end
    }

    /// Places the dense runs from `start` on, a multiple of a page, and gives the bytes that they take.
    private static func placeDense(_ runs: inout [Run], from start: Int) -> Int {
        let line = StoreFormat.lineBytes
        var end = start
        for index in runs.indices where runs[index].record == nil {
            let distance = runs[index].sourceOffset % line
            var offset = end / line * line + distance
            if offset < end { offset += line }
            runs[index].storeOffset = offset
            end = offset + runs[index].byteCount
        }
        return end - start
    }
}
