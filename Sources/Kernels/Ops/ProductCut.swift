/// How a product is cut into units for the threads. No cut changes a result.
struct ProductCut {
    let rowsPerUnit: Int
    let tokensPerUnit: Int
    let units: Int

    /// The kernel decodes rows in groups of this size.
    private static let groupRows = 16

    init(rows: Int, tokens: Int, threads: Int) {
        // Large enough to amortise taking a block, small enough for eight blocks per thread.
        let groups = (rows + Self.groupRows - 1) / Self.groupRows
        let groupsPerUnit = min(max(groups / (threads * 8), 1), 8)
        rowsPerUnit = groupsPerUnit * Self.groupRows
        let rowUnits = (groups + groupsPerUnit - 1) / groupsPerUnit
        // Few rows and many tokens (a router in prefill): the tokens
        // are cut too, each part decoding the rows again.
        let parts = rowUnits >= threads * 4 ? 1 : max(1, min(threads * 4, tokens / 16))
        tokensPerUnit = max((tokens + parts - 1) / parts, 1)
        units = rowUnits * ((tokens + tokensPerUnit - 1) / tokensPerUnit)
    }
}
