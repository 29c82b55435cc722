import Kernels

extension LatentAttention {
    /// Rows whose queries are in absorbed form at once: with many heads that form is the largest matrix of a
    /// step.
    static let rowsAtOnce = 32

    /// output = attention(input). Shape: [rows, hiddenSize]. Allocates: none. Runs on: engine thread.
    func forward(_ input: FloatMatrix, into output: FloatMatrix, layer: Int, context: StepContext) {
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let compute = context.compute
        let queries = context.arena.matrix(rows: input.rows, columns: shape.heads * shape.queryWidth)
        let rows = context.arena.matrix(rows: input.rows, columns: shape.rowWidth)
        let values = context.arena.matrix(rows: input.rows, columns: shape.heads * shape.valueWidth)
        project(input, to: queries, rows: rows, context: context)
        let latent = rows.slice(columns: 0..<shape.latentWidth)
        latentNorm(latent, into: latent, on: compute)
        for slice in context.batch.slices {
            guard case .keyValue(let cache) = slice.state.layers[layer] else {
                preconditionFailure("layer \(layer) has no key-value cache")
            }
            rotate(queries, width: shape.queryWidth, offset: shape.plainWidth, slice: slice, context: context)
            rotate(rows, width: shape.rowWidth, offset: shape.latentWidth, slice: slice, context: context)
            compute.store(rows.slice(rows: slice.rows), firstPosition: slice.firstPosition, in: cache)
            attend(
                queries, rows: slice.rows, firstPosition: slice.firstPosition, cache: cache, into: values,
                context: context)
        }
        self.output(values, into: output, on: compute)
    }

    /// Turns the rotary part, at `offset`, of every head of `width` columns.
    private func rotate(
        _ matrix: FloatMatrix, width: Int, offset: Int, slice: Batch.Slice, context: StepContext
    ) {
        context.compute.rotate(
            matrix.slice(rows: slice.rows), table: rotary.matrix(usesLong: slice.state.usesLongRotary),
            headSize: width, offset: offset, layout: rotary.spec.interleaves ? .interleaved : .halves,
            positions: context.batch.positions, firstRow: slice.rows.lowerBound)
    }

    /// Computes queries, and what the cache will hold before its norm.
    private func project(
        _ input: FloatMatrix, to queries: FloatMatrix, rows: FloatMatrix, context: StepContext
    ) {
        switch query {
        case .direct(let linear):
            Linear.multiply(input, (linear, into: queries), (compress, into: rows), on: context.compute)
        case .compressed(let down, let norm, let up):
            let mark = context.arena.mark()
            defer { context.arena.release(to: mark) }
            let latent = context.arena.matrix(rows: input.rows, columns: down.outputs)
            Linear.multiply(input, (down, into: latent), (compress, into: rows), on: context.compute)
            norm(latent, into: latent, on: context.compute)
            up(latent, into: queries, on: context.compute)
        }
    }

    /// Lets the tokens `rows` of one sequence, the first at `firstPosition`, read the cache.
    private func attend(
        _ queries: FloatMatrix, rows: Range<Int>, firstPosition: Int, cache: KeyValueCache,
        into values: FloatMatrix,
        context: StepContext
    ) {
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let compute = context.compute
        let rule = AttentionRule(
            heads: shape.heads, keyValueHeads: 1, valueWidth: shape.latentWidth, scale: scale)
        let most = min(rows.count, Self.rowsAtOnce)
        let absorbedRows = context.arena.matrix(rows: most, columns: shape.heads * shape.rowWidth)
        let readRows = context.arena.matrix(rows: most, columns: shape.heads * shape.latentWidth)
        var first = rows.lowerBound
        while first < rows.upperBound {
            let part = first..<min(first + most, rows.upperBound)
            let absorbed = absorbedRows.slice(rows: 0..<part.count)
            let read = readRows.slice(rows: 0..<part.count)
            absorb(queries.slice(rows: part), into: absorbed, on: compute)
            compute.attend(
                absorbed, cache: cache, firstPosition: firstPosition + first - rows.lowerBound, rule: rule,
                into: read)
            expand(read, into: values.slice(rows: part), on: compute)
            first = part.upperBound
        }
    }

    /// Turns every head's query into one over cache rows: the plain part through the head's key projection,
    /// the rotated part as it is.
    private func absorb(_ queries: FloatMatrix, into absorbed: FloatMatrix, on compute: Compute) {
        for head in 0..<shape.heads {
            let query = queries.slice(columns: head * shape.queryWidth..<(head + 1) * shape.queryWidth)
            let target = absorbed.slice(columns: head * shape.rowWidth..<(head + 1) * shape.rowWidth)
            absorbKey[head](
                query.slice(columns: 0..<shape.plainWidth),
                into: target.slice(columns: 0..<shape.latentWidth), on: compute)
            let rotated = query.slice(columns: shape.plainWidth..<shape.queryWidth)
            let rotatedTarget = target.slice(columns: shape.latentWidth..<shape.rowWidth)
            for row in 0..<queries.rows { rotatedTarget.copyRow(from: rotated, row: row, to: row) }
        }
    }

    /// Turns what every head read from the latents into its value.
    private func expand(_ read: FloatMatrix, into values: FloatMatrix, on compute: Compute) {
        for head in 0..<shape.heads {
            expandValue[head](
                read.slice(columns: head * shape.latentWidth..<(head + 1) * shape.latentWidth),
                into: values.slice(columns: head * shape.valueWidth..<(head + 1) * shape.valueWidth),
                on: compute)
        }
    }

    /// Arena elements that `forward` takes.
    func scratchElements(rows: Int) -> Int {
        let kept = [shape.heads * shape.queryWidth, shape.rowWidth, shape.heads * shape.valueWidth]
            .reduce(0) { $0 + Arena.elements(rows: rows, columns: $1) }
        let queryLatent =
            switch query {
            case .direct: 0
            case .compressed(let down, _, _): Arena.elements(rows: rows, columns: down.outputs)
            }
        let part = min(rows, Self.rowsAtOnce)
        let attended =
            Arena.elements(rows: part, columns: shape.heads * shape.rowWidth)
            + Arena.elements(rows: part, columns: shape.heads * shape.latentWidth)
        return kept + max(queryLatent, attended)
    }
}
