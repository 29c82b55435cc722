public import Kernels
public import ModelFiles
public import Residency
import Synchronization

/// What a model takes of memory and moves per token, known from the file's directory before anything is
/// loaded.
///
/// Units: bytes, unless a name says otherwise.
public struct ModelNeeds: Sendable {
    /// The sizes of the model.
    public let shape: ModelShape
    /// Layers that have experts.
    public let expertLayerCount: Int
    /// All weights, in the form in which they are computed with.
    public let weightBytes: Int
    /// Weights that cannot be used where they lie in the file and are copied.
    public let ownedBytes: Int
    /// The experts of all layers.
    public let expertBytes: Int
    /// The experts that one token uses.
    public let expertBytesPerToken: Int
    /// What every token reads besides: attention, routers, shared experts, norms, output.
    public let denseBytesPerToken: Int
    /// Of these, the output matrix.
    public let outputBytes: Int
    /// Where the experts lie; nil where they cannot be read one by one.
    public let extents: ExpertExtents?
    /// The tensors that every token may need, and that stay in memory while experts are streamed.
    let residentTensors: [TensorRecord]
    /// The embedding where only rows of it are read; it stays mapped while experts are streamed.
    let embeddingByRow: TensorRecord?
    private let graph: ModelGraph
    private let arenas = ArenaSizes()

    /// Elements of the arena by rows, as far as they were asked for: each takes a look at every expert, and
    /// whoever compares plans asks for the same ones a thousand times.
    private final class ArenaSizes: Sendable {
        private let known = Mutex<[Int: Int]>([:])

        func elements(rows: Int, _ compute: () -> Int) -> Int {
            if let found = known.withLock({ $0[rows] }) { return found }
            let elements = compute()
            known.withLock { $0[rows] = elements }
            return elements
        }
    }

    /// Binds the weights of `file` without allocating the memory of a step.
    ///
    /// - Throws: as `LanguageModel.init`.
    public init(file: ModelFile) throws(ModelFileError) {
        let graph = try ArchitectureRegistry.graph(of: file, contextCapacity: 1, fillsOwnedWeights: false)
        let layers = graph.experts.compactMap { $0 }
        let ownedBytes = graph.ownedWeights.reduce(0) { $0 + $1.byteCount }
        let weightBytes = file.tensors.values.reduce(ownedBytes) { $0 + $1.byteCount }
        let expertBytes = layers.reduce(0) { $0 + $1.experts.reduce(0) { $0 + $1.byteCount } }
        let experts = max(graph.shape.expertCount, 1)
        self.graph = graph
        shape = graph.shape
        expertLayerCount = layers.count
        extents = try ExpertExtents(graph.experts, in: file)
        let layerCount = graph.shape.layerCount
        // Of the embedding a token reads one row, unless it is the output matrix as well.
        let isTied = unsafe graph.embedding.address == graph.output.weights.address
        let place = isTied ? nil : file.location(of: graph.embedding)
        embeddingByRow = file.tensors.values.first { file.location(of: $0) == place }
        let byRow = embeddingByRow?.name
        residentTensors =
            extents?.otherTensors(of: file).filter {
                !Self.isUnused($0, layerCount: layerCount) && $0.name != byRow
            } ?? []
        self.weightBytes = weightBytes
        self.ownedBytes = ownedBytes
        self.expertBytes = expertBytes
        expertBytesPerToken = expertBytes / experts * min(graph.shape.expertsPerToken, experts)
        outputBytes = graph.output.weights.byteCount
        let embedding = isTied ? 0 : graph.embedding.byteCount
        let unused = file.tensors.values.reduce(0) {
            $0 + (Self.isUnused($1, layerCount: layerCount) ? $1.byteCount : 0)
        }
        denseBytesPerToken = max(weightBytes - expertBytes - embedding - unused, 0)
    }

    /// The sizes that a trace of the model has; nil where it has no experts.
    public var traceShape: TraceShape? { graph.traceShape }

    /// Whether a text that outgrows some length is computed anew: steps then may be longer than its prompt.
    public var recomputesLongTexts: Bool { graph.originalContextLength != nil }

    /// Bytes of weights that one token uses.
    public var bytesPerToken: Int { denseBytesPerToken + expertBytesPerToken }

    /// Bytes of the tensors that stay in memory while experts are streamed.
    public var residentBytes: Int { residentTensors.reduce(0) { $0 + $1.byteCount } }

    /// Pages of the embedding's file that `tokens` different tokens touch.
    public func embeddingBytes(tokens: Int) -> Int {
        guard let embeddingByRow else { return 0 }
        // A row lies in one page or crosses into the next.
        let rowBytes = graph.embedding.rowBytes
        return min(embeddingByRow.byteCount, tokens * (rowBytes + 2 * 4096))
    }

    /// What a sequence of `capacity` positions remembers: keys, values and recurrent states.
    public func stateBytes(capacity: Int, element: CacheElement) -> Int {
        graph.layers.reduce(0) { $0 + $1.mixer.stateShape.byteCount(capacity: capacity, element: element) }
    }

    /// Activations of steps of at most `rows` rows: the residual stream and the arena.
    public func activationBytes(rows: Int) -> Int {
        let arena = arenas.elements(rows: rows) {
            let experts = MappedExperts(
                layers: graph.experts, hiddenSize: shape.hiddenSize,
                expertsPerToken: max(shape.expertsPerToken, 1), maximumRows: 1)
            return ForwardStep.arenaElements(graph: graph, experts: experts, rows: rows)
        }
        return (arena + rows * shape.hiddenSize) * MemoryLayout<Float>.stride
    }

    /// Cosines and sines of `capacity` positions.
    public func rotaryBytes(capacity: Int) -> Int {
        var specs: [RotarySpec] = []
        for table in graph.layers.compactMap(\.mixer.rotary) where !specs.contains(table.spec) {
            specs.append(table.spec)
        }
        let isLong = graph.originalContextLength.map { capacity > $0 } ?? false
        return specs.reduce(0) { sum, spec in
            sum + capacity * spec.rotatedSize * MemoryLayout<Float>.stride * (isLong ? 2 : 1)
        }
    }

    /// The logits that are computed at once.
    public var logitBytes: Int {
        LanguageModel.maximumLogitRows * shape.vocabularySize * MemoryLayout<Float>.stride
    }

    /// Whether a tensor belongs to a layer behind the last that is run (draft layers for speculation).
    private static func isUnused(_ record: TensorRecord, layerCount: Int) -> Bool {
        layerIndex(record.name).map { $0 >= layerCount } ?? false
    }

    /// The number in `blk.12.attn_q.weight` or `model.layers.12.mlp.gate.weight`.
    private static func layerIndex(_ name: String) -> Int? {
        let fields = name.split(separator: ".")
        guard let marker = fields.firstIndex(where: { $0 == "blk" || $0 == "layers" }),
            marker + 1 < fields.count
        else { return nil }
        return Int(fields[marker + 1])
    }
}

extension ExpertWeights {
    /// Bytes of the three projections.
    public var byteCount: Int {
        switch gateUp {
        case .separate(let gate, let up):
            gate.weights.byteCount + up.weights.byteCount + down.weights.byteCount
        case .interleaved(let both): both.weights.byteCount + down.weights.byteCount
        }
    }
}
