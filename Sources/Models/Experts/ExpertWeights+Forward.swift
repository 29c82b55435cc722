public import Kernels

extension ExpertWeights {
    /// output = down(activation(gate(input), up(input))).
    ///
    /// Shape: input and output [rows, hiddenSize]. Allocates: none. Runs on: engine thread.
    public func forward(
        _ input: FloatMatrix, into output: FloatMatrix, expertHiddenSize: Int, activation: ExpertActivation,
        context: StepContext
    ) {
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let compute = context.compute
        let inner = context.arena.matrix(rows: input.rows, columns: expertHiddenSize)
        switch gateUp {
        case .separate(let gate, let up):
            let gateValues = context.arena.matrix(rows: input.rows, columns: expertHiddenSize)
            let upValues = context.arena.matrix(rows: input.rows, columns: expertHiddenSize)
            Linear.multiply(input, (gate, into: gateValues), (up, into: upValues), on: compute)
            switch activation {
            case .swiGLU:
                compute.swiGLU(gate: gateValues, up: upValues, into: inner)
            case .clampedSwiGLU(let alpha, let limit):
                compute.clampedSwiGLU(gate: gateValues, up: upValues, alpha: alpha, limit: limit, into: inner)
            }
        case .interleaved(let gateUp):
            let both = context.arena.matrix(rows: input.rows, columns: 2 * expertHiddenSize)
            gateUp(input, into: both, on: compute)
            guard case .clampedSwiGLU(let alpha, let limit) = activation else {
                preconditionFailure("interleaved projections exist with the clamped activation only")
            }
            compute.clampedSwiGLU(interleaved: both, alpha: alpha, limit: limit, into: inner)
        }
        down(inner, into: output, on: compute)
    }
}
