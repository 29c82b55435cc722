import Kernels
public import Residency

/// What the routers of one step chose, and where the chosen experts were: filled while the step runs, read
/// when it has ended, and of no meaning where it was stopped.
///
/// Allocates: once. Runs on: engine thread.
public final class StepRecord {
    /// The rows of the last step.
    public private(set) var trace: RoutingTrace
    /// The text that the next step's rows belong to.
    public var sequence: UInt32 = 0
    /// The number of the next step.
    public var step: UInt32 = 0
    /// Whether the next step computes a prompt.
    public var phase = TraceRow.Phase.prefill
    /// Among the layers with experts, the number of each layer of the model.
    private let places: [Int]
    /// Where each expert of the current layer was.
    private var residencies: FlatArray<ChoiceResidency>
    /// What the disk had delivered when the layer before ended.
    private var bytesBefore = 0
    /// Predicts for the record; nil where only what streaming predicts is noted.
    private let predictor: StaleRouter?
    /// Layers that it looks ahead.
    private let distances: Int

    /// - Returns: nil where nobody wants a record, or the model has no experts.
    init?(_ graph: ModelGraph, _ options: LanguageModel.Options) {
        guard options.recordsSteps, let shape = graph.traceShape else { return nil }
        trace = RoutingTrace(shape: shape, columns: options.traceColumns(of: shape))
        trace.reserve(rows: options.maximumRows)
        distances = options.recordedDistances
        predictor = distances > 0 ? StaleRouter(graph) : nil
        var places = Array(repeating: -1, count: (shape.layerNumbers.last ?? 0) + 1)
        for (place, number) in shape.layerNumbers.enumerated() { places[number] = place }
        self.places = places
        residencies = FlatArray(repeating: .unknown, count: shape.numbering.expertCount)
    }

    /// A step begins.
    func begin(_ batch: Batch) {
        trace.removeAll()
        for row in 0..<batch.count {
            trace.appendBlank(
                TraceRow(
                    sequence: sequence, position: UInt32(batch.positions[row]), step: step,
                    token: UInt32(batch.tokens[row]), phase: phase))
        }
    }

    /// Notes what the router of a layer (of all the model's) chose.
    func note(_ routing: Routing, layer: Int) {
        let place = places[layer]
        for row in 0..<routing.rows {
            for rank in 0..<routing.expertsPerToken {
                trace.setChoice(
                    row: row, layer: place, rank: rank, expert: routing.expert(row: row, rank: rank),
                    weight: routing.weight(row: row, rank: rank))
            }
        }
    }

    /// Predicts later layers and notes whom that names, for every row. Cost: a product of a router's size for
    /// each row and layer that is looked ahead.
    func predict(_ input: ExpertInput, context: StepContext) {
        guard let predictor else { return }
        let place = places[input.layer]
        for distance in 1...distances where place + distance < predictor.layerCount {
            for row in 0..<input.hidden.rows {
                let hidden = input.hidden.slice(rows: row..<row + 1)
                let named = predictor.predict(layer: place + distance, hidden: hidden, context: context)
                note(named, row: row, place: place + distance, distance: distance)
            }
        }
    }

    /// Arena elements that `predict` takes.
    var scratchElements: Int { predictor?.scratchElements ?? 0 }

    /// Notes where an expert of the current layer was when the step asked for it.
    func note(_ residency: ChoiceResidency, of expert: Int) { residencies[expert] = residency }

    /// A layer has ended, and where each of its experts was has been noted.
    ///
    /// - Parameter bytesRead: what the disk has delivered since the model was loaded.
    func endLayer(_ routing: Routing, layer: Int, bytesRead: Int) {
        let place = places[layer]
        for row in 0..<routing.rows {
            for rank in 0..<routing.expertsPerToken {
                let expert = routing.expert(row: row, rank: rank)
                trace.setResidency(row: row, layer: place, rank: rank, to: residencies[expert])
            }
        }
        trace.setBytesRead(row: 0, layer: place, to: bytesRead - bytesBefore)
        bytesBefore = bytesRead
    }

    /// Notes whom a predictor named for layer `place` (of those with experts).
    func note(_ prediction: Routing, row: Int = 0, place: Int, distance: Int) {
        guard let column = trace.columns.candidates.firstIndex(where: { $0.distance == distance }) else {
            return
        }
        for rank in 0..<prediction.expertsPerToken {
            let expert = prediction.expert(row: 0, rank: rank)
            trace.setCandidate(column: column, row: row, layer: place, rank: rank, expert: expert)
        }
    }
}

extension LanguageModel.Options {
    /// What is noted of a step beside its choices: of experts in slots where they were, what was read, and
    /// what was predicted.
    public func traceColumns(of shape: TraceShape) -> TraceColumns {
        let guesses = streaming.map { $0.guessAreas > 0 } ?? false
        let horizon = max(guesses ? ReadAheadRule.horizon : 0, recordedDistances)
        let distances = min(horizon, shape.numbering.layerCount - 1)
        return TraceColumns(
            hasWeights: true, hasResidency: streaming != nil, hasBytesRead: streaming != nil,
            candidates: (0..<distances).map {
                TraceCandidates(predictor: StaleRouter.name, distance: $0 + 1, count: shape.expertsPerToken)
            })
    }
}

extension ModelGraph {
    /// The sizes that a trace of the model has; nil where it has no experts.
    var traceShape: TraceShape? {
        let sparse = experts.indices.filter { experts[$0] != nil }
        let layers = experts.compactMap { $0 }
        let expertCount = layers.reduce(0) { max($0, $1.experts.count) }
        guard expertCount > 0 else { return nil }
        return TraceShape(
            numbering: ExpertNumbering(layerCount: layers.count, expertCount: expertCount),
            expertsPerToken: max(shape.expertsPerToken, 1),
            expertBytes: layers.map { $0.experts.reduce(0) { max($0, $1.byteCount) } }, layerNumbers: sparse)
    }
}
