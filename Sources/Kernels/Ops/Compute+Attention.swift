import CKernels

extension Compute {
    /// Puts `keys` and `values` at positions firstPosition, firstPosition + 1, ... of `cache`, rounded to
    /// its element (halves to nearest, ties to even).
    ///
    /// Shape: keys [tokens, cache.keyWidth], values [tokens, cache.valueWidth].
    public func store(keys: FloatMatrix, values: FloatMatrix, firstPosition: Int, in cache: KeyValueCache) {
        precondition(keys.rows == values.rows && values.columns == cache.valueWidth, "values \(values.shape)")
        unsafe store(keys, width: cache.keyWidth, at: cache.keys, firstPosition: firstPosition, in: cache)
        unsafe store(
            values, width: cache.valueWidth, at: cache.values, firstPosition: firstPosition, in: cache)
    }

    /// The same for a cache whose values are the first columns of its keys.
    public func store(_ rows: FloatMatrix, firstPosition: Int, in cache: KeyValueCache) {
        precondition(cache.valueWidth == 0, "a cache with values of \(cache.valueWidth) columns needs values")
        unsafe store(rows, width: cache.keyWidth, at: cache.keys, firstPosition: firstPosition, in: cache)
    }

    /// Softmax attention of consecutive tokens of one sequence over its cache, each up to its own position.
    ///
    /// Shape: query [tokens, heads * key width], the first token at
    /// `firstPosition`; output [tokens, heads * valueWidth].
    /// - Precondition: the cache holds the rows of every position that is seen.
    /// Source: online softmax, arXiv 1805.02867, in tiles of 64 positions from the first that the token sees.
    public func attend(
        _ query: FloatMatrix, cache: KeyValueCache, firstPosition: Int, rule: AttentionRule,
        into output: FloatMatrix
    ) {
        let keyWidth = cache.keyWidth / rule.keyValueHeads
        let aliased = cache.valueWidth == 0
        precondition(
            cache.keyWidth % rule.keyValueHeads == 0
                && (aliased
                    ? rule.keyValueHeads == 1 && rule.valueWidth <= keyWidth
                    : cache.valueWidth == rule.keyValueHeads * rule.valueWidth),
            "a cache of \(cache.keyWidth) and \(cache.valueWidth) columns for \(rule.keyValueHeads) heads")
        precondition(
            query.columns == rule.heads * keyWidth && output.columns == rule.heads * rule.valueWidth
                && output.rows == query.rows, "attention of \(query.shape) into \(output.shape)")
        precondition(
            firstPosition >= 0 && firstPosition + query.rows <= cache.capacity,
            "\(query.rows) tokens from position \(firstPosition) of \(cache.capacity)")
        let valueColumns = aliased ? cache.keyWidth : cache.valueWidth
        let arguments = unsafe sluice_attention(
            query: query.forKernels, keys: cache.keys, values: aliased ? cache.keys : cache.values,
            key_row_bytes: Int64(cache.keyWidth * cache.element.byteCount),
            value_row_bytes: Int64(valueColumns * cache.element.byteCount),
            half_rows: cache.element == .float16,
            heads: Int64(rule.heads), kv_heads: Int64(rule.keyValueHeads), key_width: Int64(keyWidth),
            value_width: Int64(rule.valueWidth), first_position: Int64(firstPosition),
            window: Int64(rule.window),
            scale: rule.scale, sinks: rule.sinks?.base, output: output.forKernels)
        let partHeads = SLUICE_ATTENTION_HEADS
        let parts = (rule.heads / rule.keyValueHeads + partHeads - 1) / partHeads
        let seen = rule.window > 0 ? min(rule.window, firstPosition + query.rows) : firstPosition + query.rows
        unsafe dispatch(
            operations.pointee.attention, arguments, units: query.rows * rule.keyValueHeads * parts,
            elementsPerUnit: seen * (keyWidth + rule.valueWidth) * partHeads)
    }

    @unsafe private func store(
        _ input: FloatMatrix, width: Int, at rows: UnsafeMutableRawPointer, firstPosition: Int,
        in cache: KeyValueCache
    ) {
        precondition(input.columns == width, "\(input.shape) to rows of \(width)")
        precondition(
            firstPosition >= 0 && firstPosition + input.rows <= cache.capacity,
            "\(input.rows) tokens from position \(firstPosition) of \(cache.capacity)")
        let arguments = unsafe sluice_row_store(
            input: input.forKernels, rows: rows, row_bytes: Int64(width * cache.element.byteCount),
            half_rows: cache.element == .float16, first_position: Int64(firstPosition))
        unsafe dispatch(
            operations.pointee.store_rows, arguments, units: input.rows, elementsPerUnit: input.columns)
    }
}
