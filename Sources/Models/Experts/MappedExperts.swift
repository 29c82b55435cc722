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
        Arena.elements(rows: rows * expertsPerToken, columns: hiddenSize)
            + 2 * Arena.elements(rows: rows, columns: hiddenSize)
            + 3 * Arena.elements(rows: rows, columns: 2 * expertHiddenSize)
    }

    public func run(
        layer: Int, routing: Routing, input: FloatMatrix, addingTo output: FloatMatrix, context: StepContext
    ) {
        guard let experts = layers[layer] else { preconditionFailure("layer \(layer) has no experts") }
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let results = context.arena.matrix(rows: input.rows * expertsPerToken, columns: hiddenSize)
        order.sort(routing)
        for expert in 0..<experts.experts.count {
            let choices = order.choices(of: expert)
            if !choices.isEmpty {
                runExpert(
                    expert, of: experts, choices: choices, input: input, results: results, context: context)
            }
        }
        addInRankOrder(results, routing: routing, to: output)
    }

    /// Computes one expert for the rows that chose it and puts row t's result at `results[t * expertsPerToken
    /// + rank]`.
    private func runExpert(
        _ expert: Int, of layer: LayerExperts, choices: Range<Int>, input: FloatMatrix, results: FloatMatrix,
        context: StepContext
    ) {
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let gathered = context.arena.matrix(rows: choices.count, columns: hiddenSize)
        for (row, choice) in choices.enumerated() {
            gathered.copyRow(from: input, row: order.choice(choice) / expertsPerToken, to: row)
        }
        let computed = context.arena.matrix(rows: choices.count, columns: hiddenSize)
        layer.experts[expert].forward(
            gathered, into: computed, expertHiddenSize: layer.expertHiddenSize, activation: layer.activation,
            context: context)
        for (row, choice) in choices.enumerated() {
            results.copyRow(from: computed, row: row, to: order.choice(choice))
        }
    }

    private func addInRankOrder(_ results: FloatMatrix, routing: Routing, to output: FloatMatrix) {
        for row in 0..<output.rows {
            for rank in 0..<expertsPerToken {
                output.addRow(
                    from: results, row: row * expertsPerToken + rank,
                    scale: routing.weight(row: row, rank: rank), to: row)
            }
        }
    }
}
