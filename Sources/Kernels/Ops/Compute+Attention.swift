import CKernels

/// Which two elements of a head rotary embedding turns together.
public enum RotaryLayout: Sendable {
    /// Element i with element i + dims / 2 (Hugging Face checkpoints; "NeoX").
    case halves
    /// Elements 2i and 2i + 1 (the original paper; DeepSeek, GGUF files of llama's family).
    case interleaved
}

/// What of the cache a query may see, and how its scores are formed.
public struct AttentionRule: Sendable {
    /// Factor on every dot product, usually 1 / sqrt(keyWidth).
    public let scale: Float
    /// Positions seen up to and including the last one; nil for all.
    public let window: Int?
    /// One logit per head that joins the softmax's denominator and nothing else, [1, heads].
    public let sinks: FloatMatrix?

    public init(scale: Float, window: Int? = nil, sinks: FloatMatrix? = nil) {
        precondition(window.map { $0 > 0 } ?? true, "a window of \(window ?? 0) positions")
        self.scale = scale
        self.window = window
        self.sinks = sinks
    }
}

extension Compute {
    /// Rotates `table.dims` elements of every head of `target`, from element `offset`, by the angles of each row's position.
    ///
    /// Shape: target [tokens, heads * headSize], in place; positions [tokens].
    /// - Precondition: every position lies in the table.
    public func rope(
        _ target: FloatMatrix, headSize: Int, offset: Int = 0, table: RotaryTable, positions: Span<Int32>,
        layout: RotaryLayout
    ) {
        precondition(headSize > 0 && target.columns % headSize == 0, "heads of \(headSize) in \(target.columns)")
        precondition(offset >= 0 && offset + table.dims <= headSize, "\(table.dims) from \(offset) of \(headSize)")
        precondition(positions.count == target.rows, "\(positions.count) positions for \(target.rows) rows")
        requireRows(positions, below: table.positions)
        unsafe positions.withUnsafeBufferPointer { positions in
            guard let base = positions.baseAddress else { return }
            let arguments = unsafe sluice_rotation(
                target: target.forKernels, head_size: Int64(headSize), offset: Int64(offset), dims: Int64(table.dims),
                table: table.values.base, positions: base, interleaved: layout == .interleaved)
            unsafe dispatch(operations.pointee.rotate, arguments, units: target.rows, elementsPerUnit: target.columns)
        }
    }

    /// rows[positions[t]] = input[t], rounded to the element of `rows` (to nearest, ties to even).
    ///
    /// Shape: input [tokens, columns], rows [_, columns]. - Precondition: no position twice.
    public func store(_ input: FloatMatrix, to rows: KeyValueRows, positions: Span<Int32>) {
        precondition(input.columns == rows.columns, "\(input.shape) to rows of \(rows.columns)")
        precondition(positions.count == input.rows, "\(positions.count) positions for \(input.rows) rows")
        requireRows(positions, below: rows.rows)
        unsafe positions.withUnsafeBufferPointer { positions in
            guard let base = positions.baseAddress else { return }
            let arguments = unsafe sluice_row_store(
                input: input.forKernels, rows: rows.base, row_bytes: Int64(rows.rowStrideBytes),
                half_rows: rows.element == .float16, positions: base)
            unsafe dispatch(operations.pointee.store_rows, arguments, units: input.rows, elementsPerUnit: input.columns)
        }
    }

    /// Softmax attention of the tokens of one sequence over its cache.
    ///
    /// Query head h reads key head h / (heads / kvHeads). A token whose `last` is negative sees nothing and gives zeros.
    /// Shape: query [tokens, heads * keyWidth], last [tokens] (the last position each token sees: its own), output [tokens,
    /// heads * valueWidth].
    /// Source: online softmax, arXiv 1805.02867, in tiles of 64 positions from the first that the token sees.
    public func attention(
        _ query: FloatMatrix, over cache: KeyValueView, last: Span<Int32>, rule: AttentionRule, into output: FloatMatrix
    ) {
        let heads = query.columns / cache.keyWidth
        precondition(
            query.columns % cache.keyWidth == 0 && heads > 0 && heads % cache.kvHeads == 0
                && output.columns == heads * cache.valueWidth && output.rows == query.rows && last.count == query.rows,
            "attention of \(query.shape) over \(cache.kvHeads) heads of \(cache.keyWidth) into \(output.shape)")
        precondition(rule.sinks.map { $0.columns == heads && $0.rows == 1 } ?? true, "sinks for other than \(heads) heads")
        for token in 0..<last.count { precondition(last[token] < cache.keys.rows, "position \(last[token]) is not cached") }
        let partHeads = SLUICE_ATTENTION_HEADS
        let parts = (heads / cache.kvHeads + partHeads - 1) / partHeads
        unsafe last.withUnsafeBufferPointer { last in
            guard let base = last.baseAddress else { return }
            let arguments = unsafe sluice_attention(
                query: query.forKernels, keys: cache.keys.base, values: cache.values.base,
                key_row_bytes: Int64(cache.keys.rowStrideBytes), value_row_bytes: Int64(cache.values.rowStrideBytes),
                half_rows: cache.keys.element == .float16, heads: Int64(heads), kv_heads: Int64(cache.kvHeads),
                key_width: Int64(cache.keyWidth), value_width: Int64(cache.valueWidth), last: base,
                window: Int64(rule.window ?? 0), scale: rule.scale, sinks: rule.sinks?.base, output: output.forKernels)
            unsafe dispatch(
                operations.pointee.attention, arguments, units: query.rows * cache.kvHeads * parts,
                elementsPerUnit: (Int(base[query.rows - 1]) + 1) * (cache.keyWidth + cache.valueWidth) * partHeads)
        }
    }

    private func requireRows(_ indices: Span<Int32>, below limit: Int) {
        for i in 0..<indices.count {
            precondition(indices[i] >= 0 && indices[i] < limit, "position \(indices[i]) of \(limit)")
        }
    }
}
