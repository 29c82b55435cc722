import CKernels

/// How one call of attention is cut into units; no cut changes a bit of the result.
struct AttentionCut {
    /// Query rows of one key head in a unit.
    let rowsPerUnit: Int
    /// Blocks of positions that some token sees.
    let blocks: Range<Int>
    /// Whether every block is a unit of its own, whose results are merged afterwards.
    let isSplit: Bool
    let units: Int
    /// Multiply-adds of one unit, about.
    let elementsPerUnit: Int

    /// Units per thread that keep all threads busy to the end.
    private static let unitsPerThread = 4

    init(
        _ rule: AttentionRule, tokens: Int, firstPosition: Int, keyWidth: Int, threads: Int,
        partials: AttentionPartials
    ) {
        let rows = tokens * (rule.heads / rule.keyValueHeads)
        let most = sluice_attention_most_rows(Int64(keyWidth), Int64(rule.valueWidth))
        rowsPerUnit = min(Int(most), rows)
        let end = firstPosition + tokens
        let first = rule.window > 0 ? max(0, firstPosition + 1 - rule.window) : 0
        blocks = first / SLUICE_ATTENTION_BLOCK..<(end - 1) / SLUICE_ATTENTION_BLOCK + 1
        let whole = rule.keyValueHeads * ((rows + rowsPerUnit - 1) / rowsPerUnit)
        isSplit =
            threads > 1 && whole < threads * Self.unitsPerThread && blocks.count > 1
            && partials.fit(blocks: blocks.count, rows: tokens * rule.heads, valueWidth: rule.valueWidth)
        units = isSplit ? whole * blocks.count : whole
        let seen = isSplit ? min(end - first, SLUICE_ATTENTION_BLOCK) : end - first
        elementsPerUnit = seen * rowsPerUnit * (keyWidth + rule.valueWidth)
    }
}
