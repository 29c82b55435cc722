public import Kernels

/// Experts that are in memory as a whole: the file is mapped, and every expert is a view into it.
public struct MappedExperts: ExpertRunner {
    /// Indexed by layer; nil where a layer has no experts.
    private let layers: [LayerExperts?]
    private let hiddenSize: Int
    private let expertsPerToken: Int
    private let order: ExpertOrder

    public init(layers: [LayerExperts?], hiddenSize: Int, expertsPerToken: Int, maximumRows: Int) {
        self.layers = layers
        self.hiddenSize = hiddenSize
        self.expertsPerToken = expertsPerToken
        let expertCount = layers.reduce(0) { max($0, $1?.experts.count ?? 0) }
        order = ExpertOrder(expertCount: expertCount, capacity: maximumRows * expertsPerToken)
    }

    public func tend() {}

    public func scratchElements(rows: Int) -> Int {
        ExpertWork.scratchElements(
            rows: rows, layers: layers, expertsPerToken: expertsPerToken, hiddenSize: hiddenSize)
    }

    public func run(
        _ input: ExpertInput, addingTo output: FloatMatrix, context: StepContext,
        unless isCancelled: () -> Bool
    ) -> Bool {
        guard let experts = layers[input.layer] else {
            preconditionFailure("layer \(input.layer) has no experts")
        }
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        order.sort(input.routing)
        var work = ExpertWork(
            experts, order: order, input: input.rows, expertsPerToken: expertsPerToken,
            hiddenSize: hiddenSize, context: context)
        for (index, expert) in experts.experts.enumerated() { work.add(expert, index: index) }
        work.run()
        work.finish(input.routing, addingTo: output)
        return true
    }
}
