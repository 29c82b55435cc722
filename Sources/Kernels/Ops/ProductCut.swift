import CKernels

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

    /// A cut of the first half of an expert, whose units hold their sums in a thread's scratch and write
    /// whole blocks of `blockElements` inner columns.
    ///
    /// - Parameter places: choices of the step, so at most as many experts.
    init(innerRows: Int, tokens: Int, blockElements: Int, places: Int, threads: Int) {
        let smallest = max(blockElements, 2 * Self.groupRows)
        // Long runs of rows, as the reads ahead start anew with each, but sixteen units per thread.
        let wanted = innerRows * places / (threads * 16)
        let held = min(max(Int(SLUICE_INNER_ELEMENTS) / max(tokens, 1), Self.fewRows), Self.manyRows)
        rowsPerUnit = max(min(wanted, held) / smallest, 1) * smallest
        let most = Int(SLUICE_INNER_ELEMENTS) / rowsPerUnit
        let parts = max((tokens + most - 1) / most, 1)
        tokensPerUnit = max((tokens + parts - 1) / parts, 1)
        units = (innerRows + rowsPerUnit - 1) / rowsPerUnit * ((tokens + tokensPerUnit - 1) / tokensPerUnit)
    }

    /// Rows of gate and of up that a unit computes for many tokens and for few.
    private static let fewRows = 128
    private static let manyRows = 512
}
