import Kernels

/// The work of a step's experts in one layer, whatever brings their weights into memory: add those that are
/// there, run them, add others, and sum up at the end.
///
/// Takes its memory from the arena; whoever makes one gives it back. Allocates: none. Runs on: engine thread.
struct ExpertWork {
    private var step: ExpertStep
    private let input: FloatMatrix
    private let outputs: FloatMatrix
    private let order: ExpertOrder
    private let layer: LayerExperts
    private let context: StepContext

    /// - Parameter order: has the step's choices sorted.
    init(
        _ layer: LayerExperts, order: ExpertOrder, input: FloatMatrix, expertsPerToken: Int,
        hiddenSize: Int, context: StepContext
    ) {
        outputs = context.arena.matrix(rows: input.rows * expertsPerToken, columns: hiddenSize)
        step = ExpertStep(
            input, rowOfPlace: order.rows, outputs: outputs, innerSize: layer.expertHiddenSize,
            arena: context.arena, compute: context.compute)
        self.input = input
        self.order = order
        self.layer = layer
        self.context = context
    }

    /// Arena elements for `rows` rows of the layers, whatever layer runs.
    static func scratchElements(
        rows: Int, layers: [LayerExperts?], expertsPerToken: Int, hiddenSize: Int
    ) -> Int {
        let choices = rows * expertsPerToken
        let innerSize = layers.reduce(0) { max($0, $1?.expertHiddenSize ?? 0) }
        // Experts that run by separate operations take their scratch when the step already has its own.
        let separate = layers.compactMap { $0 }.reduce(0) { most, layer in
            layer.experts.reduce(most) {
                max(
                    $0,
                    $1.scratchElements(
                        rows: rows, hiddenSize: hiddenSize, expertHiddenSize: layer.expertHiddenSize))
            }
        }
        return Arena.elements(rows: choices, columns: hiddenSize)
            + ExpertStep.scratchElements(
                rows: rows, places: choices, hiddenSize: hiddenSize, innerSize: innerSize) + separate
    }

    /// Adds expert `index` of the layer, whose weights are in memory, for the rows that chose it.
    mutating func add(_ expert: ExpertWeights, index: Int) {
        let places = order.choices(of: index)
        if places.isEmpty { return }
        if let network = expert.network(activation: layer.activation) {
            step.add(network, places: places)
        } else {
            runSeparately(expert, places: places)
        }
    }

    /// Runs what was added since the last time.
    func run() { step.run() }

    /// Adds the weighted outputs to `output`, in the order of ranks.
    ///
    /// - Precondition: every chosen expert was run.
    func finish(_ routing: Routing, addingTo output: FloatMatrix) {
        step.finish(weights: routing.weightRows, placeOfChoice: order.positions, addingTo: output)
    }

    /// Computes one expert for its rows, by separate operations.
    private func runSeparately(_ expert: ExpertWeights, places: Range<Int>) {
        let rows = outputs.slice(rows: places)
        for (row, place) in places.enumerated() { rows.copyRow(from: input, row: order.rows[place], to: row) }
        expert.forward(
            rows, into: rows, expertHiddenSize: layer.expertHiddenSize, activation: layer.activation,
            context: context)
    }
}
