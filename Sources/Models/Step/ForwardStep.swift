import Kernels

/// Runs batches through a graph: the loop over the layers, specialised for one way of running experts.
///
/// Owns the step's memory. Allocates: once, at creation. Runs on: engine thread.
struct ForwardStep<Experts: ExpertRunner> {
    let graph: ModelGraph
    let experts: Experts
    let compute: Compute
    /// Runs steps of several rows: a prompt may use more threads than a single token.
    private let prefillCompute: Compute
    /// The residual stream [maximumRows, hiddenSize].
    private let hidden: FloatMatrix
    private let hiddenStorage: FloatBuffer
    private let arena: Arena
    private let routing: Routing
    /// Nil where no step is recorded.
    private let record: StepRecord?

    init(
        graph: ModelGraph, experts: Experts, compute: Compute, prefillCompute: Compute? = nil,
        record: StepRecord? = nil, maximumRows: Int
    ) {
        self.record = record
        self.graph = graph
        self.experts = experts
        self.compute = compute
        self.prefillCompute = prefillCompute ?? compute
        hiddenStorage = FloatBuffer(count: maximumRows * graph.shape.hiddenSize)
        hidden = hiddenStorage.matrix(rows: maximumRows, columns: graph.shape.hiddenSize)
        arena = Arena(
            capacity: Self.arenaElements(graph: graph, experts: experts, rows: maximumRows)
                + (record?.scratchElements ?? 0))
        routing = Routing(capacity: maximumRows, expertsPerToken: max(graph.shape.expertsPerToken, 1))
    }

    /// Arena elements for steps of at most `rows` rows: two matrices of a half layer and the largest half.
    static func arenaElements(graph: ModelGraph, experts: Experts, rows: Int) -> Int {
        let hiddenSize = graph.shape.hiddenSize
        let largest = graph.layers.reduce(0) { largest, layer in
            let feedForward =
                switch layer.feedForward {
                case .dense(let dense): dense.scratchElements(rows: rows, hiddenSize: hiddenSize)
                case .experts(let mixture):
                    max(
                        mixture.scratchElements(rows: rows, hiddenSize: hiddenSize),
                        experts.scratchElements(rows: rows))
                }
            return max(largest, layer.mixer.scratchElements(rows: rows), feedForward)
        }
        return 2 * Arena.elements(rows: rows, columns: hiddenSize) + largest
    }

    /// Runs the rows of `batch` through every layer and advances their sequences; the results stay in the
    /// residual stream.
    ///
    /// - Parameter isCancelled: asked before every half layer and while experts are awaited, so that a long
    ///   prompt stops soon.
    /// - Parameter layerDone: is told the number of every layer that was computed.
    /// - Returns: false where it stopped early: no sequence advanced, but recurrent layers may have moved.
    func run(
        _ batch: Batch, unless isCancelled: () -> Bool, layerDone: (Int) -> Void
    ) throws(Experts.Failure) -> Bool {
        let rows = hidden.slice(rows: 0..<batch.count)
        let compute = batch.count > 1 ? prefillCompute : compute
        let context = StepContext(batch: batch, compute: compute, arena: arena, record: record)
        record?.begin(batch)
        for row in 0..<batch.count {
            compute.decodeRow(graph.embedding, row: batch.tokens[row], into: rows, outputRow: row)
        }
        if graph.embeddingScale != 1 { compute.scale(rows, by: graph.embeddingScale) }
        for (index, layer) in graph.layers.enumerated() {
            let isDone = try run(layer, index: index, hidden: rows, context: context, unless: isCancelled)
            guard isDone else { return false }
            layerDone(index)
        }
        for slice in batch.slices { slice.state.advance(by: slice.rows.count) }
        return true
    }

    private func run(
        _ layer: Layer, index: Int, hidden: FloatMatrix, context: StepContext, unless isCancelled: () -> Bool
    ) throws(Experts.Failure) -> Bool {
        let compute = context.compute
        let mark = arena.mark()
        defer { arena.release(to: mark) }
        let normed = arena.matrix(rows: hidden.rows, columns: hidden.columns)
        let added = arena.matrix(rows: hidden.rows, columns: hidden.columns)
        if isCancelled() { return false }
        experts.tend()
        layer.mixerNorm(hidden, into: normed, on: compute)
        layer.mixer.forward(normed, into: added, layer: index, context: context)
        compute.add(added, scale: layer.residualScale, to: hidden)
        if isCancelled() { return false }
        experts.tend()
        layer.feedForwardNorm(hidden, into: normed, on: compute)
        switch layer.feedForward {
        case .dense(let dense):
            dense.forward(normed, into: added, context: context)
        case .experts(let mixture):
            let isDone = try mixture.forward(
                ExpertInput(layer: index, routing: routing, rows: normed, hidden: hidden), into: added,
                experts: experts, context: context, unless: isCancelled)
            guard isDone else { return false }
        }
        compute.add(added, scale: layer.residualScale, to: hidden)
        return true
    }

    /// Computes the logits of `rows` of the last batch into `logits` [rows, vocabularySize].
    func logits(rows: Range<Int>, into logits: FloatMatrix) {
        let mark = arena.mark()
        defer { arena.release(to: mark) }
        let normed = arena.matrix(rows: rows.count, columns: graph.shape.hiddenSize)
        graph.outputNorm(hidden.slice(rows: rows), into: normed, on: compute)
        graph.output(normed, into: logits, on: compute)
        if graph.logitScale != 1 { compute.scale(logits, by: graph.logitScale) }
    }
}
