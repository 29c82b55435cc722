public import Kernels

/// Router, experts and shared expert of a layer: Shazeer et al., arXiv 1701.06538, in the variants of today's
/// models.
public struct MixtureOfExperts: Sendable {
    /// Chooses the experts of each row.
    public let router: Router
    /// The network that every token uses besides its experts.
    public let sharedExpert: DenseFeedForward?
    /// [1, hiddenSize]: the shared expert's output is multiplied by the sigmoid of this product (Qwen).
    public let sharedExpertGate: Linear?

    public init(router: Router, sharedExpert: DenseFeedForward? = nil, sharedExpertGate: Linear? = nil) {
        self.router = router
        self.sharedExpert = sharedExpert
        self.sharedExpertGate = sharedExpertGate
    }

    /// output = sum of weighted experts + shared expert. Shape: [rows, hiddenSize]. Allocates: none. Runs on:
    /// engine thread.
    ///
    /// - Returns: false where the experts stopped early.
    public func forward<Experts: ExpertRunner>(
        _ input: ExpertInput, into output: FloatMatrix, experts: Experts, context: StepContext,
        unless isCancelled: () -> Bool
    ) throws(Experts.Failure) -> Bool {
        router.route(input.rows, routing: input.routing, context: context)
        if let record = context.record {
            record.note(input.routing, layer: input.layer)
            record.predict(input, context: context)
        }
        output.clear()
        let isDone = try experts.run(input, addingTo: output, context: context, unless: isCancelled)
        guard isDone else { return false }
        if let sharedExpert { addShared(sharedExpert, input: input.rows, to: output, context: context) }
        return true
    }

    private func addShared(
        _ expert: DenseFeedForward, input: FloatMatrix, to output: FloatMatrix, context: StepContext
    ) {
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let shared = context.arena.matrix(rows: input.rows, columns: output.columns)
        expert.forward(input, into: shared, context: context)
        guard let sharedExpertGate else {
            context.compute.add(shared, to: output)
            return
        }
        let gate = context.arena.matrix(rows: input.rows, columns: 1)
        sharedExpertGate(input, into: gate, on: context.compute)
        context.compute.sigmoid(gate)
        for row in 0..<output.rows { output.addRow(from: shared, row: row, scale: gate[row, 0], to: row) }
    }

    /// Arena elements that `forward` takes besides those of the expert runner.
    public func scratchElements(rows: Int, hiddenSize: Int) -> Int {
        let shared = sharedExpert.map {
            $0.scratchElements(rows: rows, hiddenSize: hiddenSize)
                + Arena.elements(rows: rows, columns: hiddenSize)
                + Arena.elements(rows: rows, columns: 1)
        }
        return max(shared ?? 0, router.scratchElements(rows: rows))
    }
}
