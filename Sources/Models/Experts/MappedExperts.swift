public import Kernels

/// Experts that are in memory as a whole: the file is mapped, and every expert is a view into it.
public struct MappedExperts: ExpertRunner {
    /// The experts of one layer.
    public struct LayerExperts: Sendable {
        public let experts: [ExpertWeights]
        /// Inner width of each of them.
        public let expertHiddenSize: Int
        /// What lies between up and down.
        public let activation: ExpertActivation

        public init(experts: [ExpertWeights], expertHiddenSize: Int, activation: ExpertActivation) {
            self.experts = experts
            self.expertHiddenSize = expertHiddenSize
            self.activation = activation
        }
    }

    /// Indexed by layer; nil where a layer has no experts.
    private let layers: [LayerExperts?]
    private let hiddenSize: Int
    private let expertsPerToken: Int
    private let expertHiddenSize: Int
    private let order: ExpertOrder

    public init(layers: [LayerExperts?], hiddenSize: Int, expertsPerToken: Int, maximumRows: Int) {
        self.layers = layers
        self.hiddenSize = hiddenSize
        self.expertsPerToken = expertsPerToken
        expertHiddenSize = layers.reduce(0) { max($0, $1?.expertHiddenSize ?? 0) }
        let expertCount = layers.reduce(0) { max($0, $1?.experts.count ?? 0) }
        order = ExpertOrder(expertCount: expertCount, capacity: maximumRows * expertsPerToken)
    }

    public func scratchElements(rows: Int) -> Int {
        let choices = rows * expertsPerToken
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
                rows: rows, places: choices, hiddenSize: hiddenSize, innerSize: expertHiddenSize) + separate
    }

    public func run(
        layer: Int, routing: Routing, input: FloatMatrix, addingTo output: FloatMatrix, context: StepContext
    ) {
        guard let experts = layers[layer] else { preconditionFailure("layer \(layer) has no experts") }
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        order.sort(routing)
        let outputs = context.arena.matrix(rows: input.rows * expertsPerToken, columns: hiddenSize)
        var step = ExpertStep(
            input, rowOfPlace: order.rows, outputs: outputs, innerSize: experts.expertHiddenSize,
            arena: context.arena, compute: context.compute)
        for (index, expert) in experts.experts.enumerated() {
            let places = order.choices(of: index)
            if places.isEmpty { continue }
            if let network = expert.network(activation: experts.activation) {
                step.add(network, places: places)
            } else {
                runSeparately(
                    expert, of: experts, places: places, input: input, outputs: outputs, context: context)
            }
        }
        step.run()
        step.finish(weights: routing.weightRows, placeOfChoice: order.positions, addingTo: output)
    }

    /// Computes one expert for the rows that chose it, by separate operations.
    private func runSeparately(
        _ expert: ExpertWeights, of layer: LayerExperts, places: Range<Int>, input: FloatMatrix,
        outputs: FloatMatrix, context: StepContext
    ) {
        let rows = outputs.slice(rows: places)
        for (row, place) in places.enumerated() { rows.copyRow(from: input, row: order.rows[place], to: row) }
        expert.forward(
            rows, into: rows, expertHiddenSize: layer.expertHiddenSize, activation: layer.activation,
            context: context)
    }
}
