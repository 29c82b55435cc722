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
    ///
    /// Cost: reads every seen row once for 64 query rows, a token's heads that share a key head counting one
    /// each. Threads share the key heads and the tokens, and the blocks of positions where those are few.
    /// Source: online softmax, arXiv 1805.02867, over blocks of 512 positions.
    public func attend(
        _ query: FloatMatrix, cache: KeyValueCache, firstPosition: Int, rule: AttentionRule,
        into output: FloatMatrix
    ) {
        let keyWidth = cache.keyWidth / cache.heads
        let aliased = cache.valueWidth == 0
        precondition(
            cache.heads == rule.keyValueHeads
                && (aliased
                    ? cache.heads == 1 && rule.valueWidth <= keyWidth
                    : cache.valueWidth == cache.heads * rule.valueWidth),
            "a cache of \(cache.heads) heads in \(cache.keyWidth) and \(cache.valueWidth) columns for "
                + "\(rule.keyValueHeads) heads with values of \(rule.valueWidth)")
        precondition(
            query.columns == rule.heads * keyWidth && output.columns == rule.heads * rule.valueWidth
                && output.rows == query.rows, "attention of \(query.shape) into \(output.shape)")
        precondition(
            firstPosition >= 0 && firstPosition + query.rows <= cache.capacity,
            "\(query.rows) tokens from position \(firstPosition) of \(cache.capacity)")
        guard query.rows > 0 else { return }
        let valueColumns = aliased ? keyWidth : rule.valueWidth
        let cut = AttentionCut(
            rule, tokens: query.rows, firstPosition: firstPosition, keyWidth: keyWidth,
            threads: pool.threadCount, partials: attentionPartials)
        let arguments = unsafe sluice_attention(
            query: query.forKernels, keys: cache.keys, values: aliased ? cache.keys : cache.values,
            key_row_bytes: Int64(keyWidth * cache.element.byteCount),
            value_row_bytes: Int64(valueColumns * cache.element.byteCount),
            half_rows: cache.element == .float16,
            heads: Int64(rule.heads), kv_heads: Int64(rule.keyValueHeads), key_width: Int64(keyWidth),
            value_width: Int64(rule.valueWidth), capacity: Int64(cache.capacity),
            first_position: Int64(firstPosition), window: Int64(rule.window),
            scale: rule.scale, sinks: rule.sinks?.base, output: output.forKernels,
            rows_per_unit: Int64(cut.rowsPerUnit), first_block: Int64(cut.blocks.lowerBound),
            block_count: Int64(cut.blocks.count), partials: cut.isSplit ? attentionPartials.base : nil)
        unsafe dispatch(
            operations.pointee.attention, arguments, units: cut.units, elementsPerUnit: cut.elementsPerUnit)
        guard cut.isSplit else { return }
        unsafe dispatch(
            operations.pointee.merge_attention, arguments, units: query.rows * rule.heads,
            elementsPerUnit: cut.blocks.count * rule.valueWidth)
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
            input: input.forKernels, rows: rows, heads: Int64(cache.heads),
            row_bytes: Int64(width / cache.heads * cache.element.byteCount),
            capacity: Int64(cache.capacity), half_rows: cache.element == .float16,
            first_position: Int64(firstPosition))
        unsafe dispatch(
            operations.pointee.store_rows, arguments, units: input.rows, elementsPerUnit: input.columns)
    }
}
