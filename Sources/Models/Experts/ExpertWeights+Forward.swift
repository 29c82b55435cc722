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
        guard let network = network(activation: activation) else {
            forwardSeparately(
                input, into: output, expertHiddenSize: expertHiddenSize, activation: activation,
                context: context)
            return
        }
        var step = ExpertStep(
            input, rowOfPlace: nil, outputs: output, innerSize: expertHiddenSize, arena: context.arena,
            compute: context.compute)
        step.add(network, places: 0..<input.rows)
        step.run()
    }

    /// The same, one operation after the other. Output may be the input.
    private func forwardSeparately(
        _ input: FloatMatrix, into output: FloatMatrix, expertHiddenSize: Int, activation: ExpertActivation,
        context: StepContext
    ) {
        let compute = context.compute
        let inner = context.arena.matrix(rows: input.rows, columns: expertHiddenSize)
        let both = context.arena.matrix(rows: input.rows, columns: 2 * expertHiddenSize)
        switch (gateUp, activation) {
        case (.separate(let gate, let up), _):
            let parts = both.split(parts: 2)
            let gateValues = parts.slice(rows: 0..<input.rows)
            let upValues = parts.slice(rows: input.rows..<2 * input.rows)
            Linear.multiply(input, (gate, into: gateValues), (up, into: upValues), on: compute)
            compute.activate(activation, gate: gateValues, up: upValues, into: inner)
        case (.interleaved(let gateUp), .clampedSwiGLU(let alpha, let limit)):
            gateUp(input, into: both, on: compute)
            compute.clampedSwiGLU(interleaved: both, alpha: alpha, limit: limit, into: inner)
        case (.interleaved, .swiGLU):
            preconditionFailure("interleaved projections exist with the clamped activation only")
        }
        down(inner, into: output, on: compute)
    }

    /// Arena elements that `forward` takes for `rows` rows.
    func scratchElements(rows: Int, hiddenSize: Int, expertHiddenSize: Int) -> Int {
        if network(activation: .swiGLU) != nil {
            return ExpertStep.scratchElements(
                rows: rows, places: rows, hiddenSize: hiddenSize, innerSize: expertHiddenSize)
        }
        return Arena.elements(rows: rows, columns: expertHiddenSize)
            + Arena.elements(rows: rows, columns: 2 * expertHiddenSize)
    }
}

extension Compute {
    /// output = activation of gate and up.
    fileprivate func activate(
        _ activation: ExpertActivation, gate: FloatMatrix, up: FloatMatrix, into output: FloatMatrix
    ) {
        switch activation {
        case .swiGLU: swiGLU(gate: gate, up: up, into: output)
        case .clampedSwiGLU(let alpha, let limit):
            clampedSwiGLU(gate: gate, up: up, alpha: alpha, limit: limit, into: output)
        }
    }
}
