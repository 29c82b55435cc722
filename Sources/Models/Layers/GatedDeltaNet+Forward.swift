import Kernels

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension GatedDeltaNet {
    /// The matrices of one call, all [rows, …].
    private struct Activations {
        /// Queries, keys and values before the convolution [channels].
        let mixed: FloatMatrix
        /// Queries and keys behind the convolution [2 * keyColumns], values [valueColumns], contiguous for
        /// work per head.
        let queriesAndKeys: FloatMatrix
        let values: FloatMatrix
        /// Gates of the output [valueColumns].
        let gate: FloatMatrix
        /// Logarithm of each value head's decay, and its write strength [valueHeads].
        let decay: FloatMatrix
        let strength: FloatMatrix
    }

    /// output = delta net(input). Shape: [rows, hiddenSize]. Allocates: none. Runs on: engine thread.
    func forward(_ input: FloatMatrix, into output: FloatMatrix, layer: Int, context: StepContext) {
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let compute = context.compute
        let activations = takeActivations(rows: input.rows, from: context.arena)
        project(input, to: activations, context: context)
        projectSteps(input, to: activations, context: context)
        let read = context.arena.matrix(rows: input.rows, columns: shape.valueColumns)
        for slice in context.batch.slices {
            guard case .recurrent(let state) = slice.state.layers[layer] else {
                preconditionFailure("layer \(layer) has no recurrent state")
            }
            run(activations, rows: slice.rows, state: state, into: read.slice(rows: slice.rows), on: compute)
        }
        let heads = read.split(parts: shape.valueHeads)
        weights.norm(heads, into: heads, on: compute)
        compute.swiGLU(gate: activations.gate, up: read, into: read)
        weights.output(read, into: output, on: compute)
    }

    /// Runs the tokens `rows` of one sequence through its state.
    private func run(
        _ activations: Activations, rows: Range<Int>, state: FloatBuffer, into output: FloatMatrix,
        on compute: Compute
    ) {
        let mixed = activations.mixed.slice(rows: rows)
        let queriesAndKeys = activations.queriesAndKeys.slice(rows: rows)
        let values = activations.values.slice(rows: rows)
        let taps = weights.convolution.matrix.split(parts: shape.channels)
        let history = history(in: state)
        let keyChannels = 0..<2 * shape.keyColumns
        compute.convolve(
            mixed.slice(columns: keyChannels), weight: taps.slice(rows: keyChannels),
            history: history.slice(columns: keyChannels), into: queriesAndKeys)
        let valueChannels = keyChannels.upperBound..<shape.channels
        compute.convolve(
            mixed.slice(columns: valueChannels), weight: taps.slice(rows: valueChannels),
            history: history.slice(columns: valueChannels), into: values)
        let heads = queriesAndKeys.split(parts: 2 * shape.keyHeads)
        unitNorm(heads, into: heads, on: compute)
        let queries = queriesAndKeys.slice(columns: 0..<shape.keyColumns)
        compute.scale(queries, by: 1 / Float(shape.keyWidth).squareRoot())
        let input = DeltaRuleInput(
            query: queries, key: queriesAndKeys.slice(columns: shape.keyColumns..<2 * shape.keyColumns),
            value: values, decay: activations.decay.slice(rows: rows),
            beta: activations.strength.slice(rows: rows))
        compute.deltaRule(input, state: memory(in: state), into: output)
    }

    /// Computes queries, keys, values and gates.
    private func project(_ input: FloatMatrix, to activations: Activations, context: StepContext) {
        switch projections {
        case .split(let mixed, let gate):
            Linear.multiply(
                input, (mixed, into: activations.mixed), (gate, into: activations.gate), on: context.compute)
        case .grouped(let linear):
            let mark = context.arena.mark()
            defer { context.arena.release(to: mark) }
            let grouped = context.arena.matrix(rows: input.rows, columns: linear.outputs)
            linear(input, into: grouped, on: context.compute)
            ungroup(grouped, to: activations)
        }
    }

    /// Sorts the outputs of a grouped projection by kind.
    private func ungroup(_ grouped: FloatMatrix, to activations: Activations) {
        let key = shape.keyWidth
        let value = shape.share * shape.valueWidth
        for head in 0..<shape.keyHeads {
            let start = head * 2 * (key + value)
            let mixed = activations.mixed
            copy(grouped, from: start, count: key, to: mixed, column: head * key)
            copy(grouped, from: start + key, count: key, to: mixed, column: shape.keyColumns + head * key)
            copy(
                grouped, from: start + 2 * key, count: value, to: mixed,
                column: 2 * shape.keyColumns + head * value)
            copy(
                grouped, from: start + 2 * key + value, count: value, to: activations.gate,
                column: head * value)
        }
    }

    private func copy(_ source: FloatMatrix, from first: Int, count: Int, to target: FloatMatrix, column: Int)
    {
        let read = source.slice(columns: first..<first + count)
        let written = target.slice(columns: column..<column + count)
        for row in 0..<source.rows { written.copyRow(from: read, row: row, to: row) }
    }

    /// Computes each value head's write strength, sigmoid(b), and decay, rate * softplus(a + bias).
    private func projectSteps(_ input: FloatMatrix, to activations: Activations, context: StepContext) {
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let both = context.arena.matrix(rows: input.rows, columns: 2 * shape.valueHeads)
        weights.strengthAndStep(input, into: both, on: context.compute)
        for head in 0..<shape.valueHeads {
            let column = head / shape.share * 2 * shape.share + head % shape.share
            for row in 0..<input.rows {
                activations.strength[row, head] = both[row, column]
                let step = DecayMath.softplus(both[row, column + shape.share] + weights.stepBias[head])
                activations.decay[row, head] = weights.decayRate[head] * step
            }
        }
        context.compute.sigmoid(activations.strength)
    }

    private func takeActivations(rows: Int, from arena: Arena) -> Activations {
        Activations(
            mixed: arena.matrix(rows: rows, columns: shape.channels),
            queriesAndKeys: arena.matrix(rows: rows, columns: 2 * shape.keyColumns),
            values: arena.matrix(rows: rows, columns: shape.valueColumns),
            gate: arena.matrix(rows: rows, columns: shape.valueColumns),
            decay: arena.matrix(rows: rows, columns: shape.valueHeads),
            strength: arena.matrix(rows: rows, columns: shape.valueHeads))
    }

    /// Arena elements that `forward` takes.
    func scratchElements(rows: Int) -> Int {
        let kept = [
            shape.channels, 2 * shape.keyColumns, shape.valueColumns, shape.valueColumns, shape.valueHeads,
            shape.valueHeads,
        ]
        // The grouped projection, the steps and the output are never there together.
        let passing = max(shape.channels + shape.valueColumns, 2 * shape.valueHeads, shape.valueColumns)
        return (kept + [passing]).reduce(0) { $0 + Arena.elements(rows: rows, columns: $1) }
    }
}

/// The functions by which a delta net's decay follows from a time step.
enum DecayMath {
    static func exponential(_ value: Float) -> Float { exp(value) }

    /// log(1 + exp(value)); beyond 20 the value itself, which Float32 cannot tell from it.
    static func softplus(_ value: Float) -> Float { value > 20 ? value : log1p(exp(value)) }
}
