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

    /// - Parameter columns: what is noted beside the choices.
    init(shape: TraceShape, columns: TraceColumns, maximumRows: Int) {
        trace = RoutingTrace(shape: shape, columns: columns)
        trace.reserve(rows: maximumRows)
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

    /// Notes whom a predictor named for layer `place` (of those with experts) of a step of one row.
    func note(_ prediction: Routing, place: Int, distance: Int) {
        guard let column = trace.columns.candidates.firstIndex(where: { $0.distance == distance }) else {
            return
        }
        for rank in 0..<prediction.expertsPerToken {
            let expert = prediction.expert(row: 0, rank: rank)
            trace.setCandidate(column: column, row: 0, layer: place, rank: rank, expert: expert)
        }
    }
}

extension LanguageModel.Options {
    /// What is noted of a step beside its choices: of experts in slots where they were, what was read, and
    /// what was predicted.
    public func traceColumns(of shape: TraceShape) -> TraceColumns {
        var columns = TraceColumns(hasWeights: true)
        guard let streaming else { return columns }
        columns.hasResidency = true
        columns.hasBytesRead = true
        if streaming.guessAreas > 0 {
            columns.candidates = (1...SlotExperts.horizon).map {
                TraceCandidates(predictor: StaleRouter.name, distance: $0, count: shape.expertsPerToken)
            }
        }
        return columns
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
