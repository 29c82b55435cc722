import Kernels

extension GroupedQueryAttention {
    /// output = attention(input), the input's keys and values stored on the way.
    ///
    /// Shape: [rows, hiddenSize]. Allocates: none. Runs on: engine thread.
    func forward(_ input: FloatMatrix, into output: FloatMatrix, layer: Int, context: StepContext) {
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let compute = context.compute
        let rows = Rows(heads: heads, count: input.rows, arena: context.arena)
        let gates = hasOutputGate ? context.arena.matrix(rows: input.rows, columns: heads.queryWidth) : nil
        if let gates {
            projectGated(input, to: rows, gates: gates, context: context)
        } else {
            Linear.multiply(
                input, (query, into: rows.queries), (key, into: rows.keys), (value, into: rows.values),
                on: compute)
        }
        normAndClamp(rows, on: compute)
        for slice in context.batch.slices { attend(rows, slice: slice, layer: layer, context: context) }
        if let gates {
            compute.sigmoid(gates)
            compute.multiplyElementwise(rows.attended, gates, into: rows.attended)
        }
        self.output(rows.attended, into: output, on: compute)
    }

    /// The matrices of a step.
    private struct Rows {
        let queries: FloatMatrix
        let keys: FloatMatrix
        let values: FloatMatrix
        let attended: FloatMatrix

        init(heads: Heads, count: Int, arena: Arena) {
            queries = arena.matrix(rows: count, columns: heads.queryWidth)
            keys = arena.matrix(rows: count, columns: heads.keyValueWidth)
            values = arena.matrix(rows: count, columns: heads.keyValueWidth)
            attended = arena.matrix(rows: count, columns: heads.queryWidth)
        }
    }

    /// Projects, and splits what the query projection yields, per head a query and a gate.
    private func projectGated(
        _ input: FloatMatrix, to rows: Rows, gates: FloatMatrix, context: StepContext
    ) {
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let both = context.arena.matrix(rows: input.rows, columns: 2 * heads.queryWidth)
        Linear.multiply(
            input, (query, into: both), (key, into: rows.keys), (value, into: rows.values),
            on: context.compute)
        let parts = both.split(parts: 2 * heads.count)
        let queryHeads = rows.queries.split(parts: heads.count)
        let gateHeads = gates.split(parts: heads.count)
        for head in 0..<input.rows * heads.count {
            queryHeads.copyRow(from: parts, row: 2 * head, to: head)
            gateHeads.copyRow(from: parts, row: 2 * head + 1, to: head)
        }
    }

    private func normAndClamp(_ rows: Rows, on compute: Compute) {
        let queries = normExtent == .head ? rows.queries.split(parts: heads.count) : rows.queries
        let keys = normExtent == .head ? rows.keys.split(parts: heads.keyValueCount) : rows.keys
        if let queryNorm { queryNorm(queries, into: queries, on: compute) }
        if let keyNorm { keyNorm(keys, into: keys, on: compute) }
        if let clampLimit {
            Self.clamp(rows.queries, to: clampLimit)
            Self.clamp(rows.keys, to: clampLimit)
            Self.clamp(rows.values, to: clampLimit)
        }
    }

    private static func clamp(_ matrix: FloatMatrix, to limit: Float) {
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns {
                matrix[row, column] = min(max(matrix[row, column], -limit), limit)
            }
        }
    }

    /// Turns, stores and attends for the rows of one sequence.
    private func attend(_ rows: Rows, slice: Batch.Slice, layer: Int, context: StepContext) {
        guard case .keyValue(let cache) = slice.state.layers[layer] else {
            preconditionFailure("layer \(layer) has no key-value cache")
        }
        let compute = context.compute
        let queries = rows.queries.slice(rows: slice.rows)
        let keys = rows.keys.slice(rows: slice.rows)
        let table = rotary.matrix(usesLong: slice.state.usesLongRotary)
        let layout: RotaryLayout = rotary.spec.interleaves ? .interleaved : .halves
        let positions = context.batch.positions
        compute.rotate(
            queries, table: table, headSize: heads.size, layout: layout, positions: positions,
            firstRow: slice.rows.lowerBound)
        compute.rotate(
            keys, table: table, headSize: heads.size, layout: layout, positions: positions,
            firstRow: slice.rows.lowerBound)
        compute.store(
            keys: keys, values: rows.values.slice(rows: slice.rows), firstPosition: slice.firstPosition,
            in: cache)
        compute.attend(
            queries, cache: cache, firstPosition: slice.firstPosition,
            rule: AttentionRule(
                heads: heads.count, keyValueHeads: heads.keyValueCount, valueWidth: heads.size,
                scale: scoreScale,
                window: slidingWindow, sinks: sinks?.matrix),
            into: rows.attended.slice(rows: slice.rows))
    }

    /// Arena elements that `forward` takes.
    func scratchElements(rows: Int) -> Int {
        let query = Arena.elements(rows: rows, columns: heads.queryWidth)
        let keyValue = Arena.elements(rows: rows, columns: heads.keyValueWidth)
        // The gates and both halves of the gated projection.
        let gated = query + Arena.elements(rows: rows, columns: 2 * heads.queryWidth)
        return 2 * query + 2 * keyValue + (hasOutputGate ? gated : 0)
    }
}
