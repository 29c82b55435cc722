/// Which experts every token chose, in the order in which tokens were computed: what a recorder writes and a
/// replay reads.
///
/// Layout: a row for each token; in a row all layers with experts, each with its choices, strongest first.
/// Rows of one step follow one another, and steps follow one another. The event of a step and layer is the
/// choices of all its rows there.
///
/// Memory: two bytes for a choice, four more for its weight, one for its residency.
public struct RoutingTrace: Equatable, Sendable {
    /// What stands for a choice that was not made: a token that chose fewer experts than others.
    public static var noExpert: UInt16 { .max }

    /// The model's sizes.
    public let shape: TraceShape
    /// What it holds beside the choices.
    public let columns: TraceColumns
    /// The tokens.
    public internal(set) var rows: [TraceRow] = []
    /// Shape: [rows, layers, expertsPerToken], ``noExpert`` where a token chose fewer.
    var experts: [UInt16] = []
    /// The same shape; empty where the trace has no weights.
    var weights: [Float] = []
    /// The same shape; empty where the trace has no residency.
    var residencies: [ChoiceResidency] = []
    /// Shape: [rows, layers]; empty where the trace has no bytes.
    var bytesRead: [UInt64] = []
    /// By column of candidates: [rows, layers, count], ``noExpert`` where fewer were named or none.
    var candidates: [[UInt16]]

    /// An empty trace with weights or without, and nothing else beside the choices.
    public init(shape: TraceShape, hasWeights: Bool) {
        self.init(shape: shape, columns: TraceColumns(hasWeights: hasWeights))
    }

    /// An empty trace with these columns.
    public init(shape: TraceShape, columns: TraceColumns) {
        self.shape = shape
        self.columns = columns
        candidates = Array(repeating: [], count: columns.candidates.count)
    }

    /// Whether choices have weights.
    public var hasWeights: Bool { columns.hasWeights }

    /// Makes room for so many rows.
    public mutating func reserve(rows count: Int) {
        let layers = shape.numbering.layerCount
        rows.reserveCapacity(count)
        experts.reserveCapacity(count * shape.choicesPerRow)
        if columns.hasWeights { weights.reserveCapacity(count * shape.choicesPerRow) }
        if columns.hasResidency { residencies.reserveCapacity(count * shape.choicesPerRow) }
        if columns.hasBytesRead { bytesRead.reserveCapacity(count * layers) }
        for (index, column) in columns.candidates.enumerated() {
            candidates[index].reserveCapacity(count * layers * column.count)
        }
    }

    /// Adds a token with its choices; of the other columns nothing is known.
    ///
    /// - Parameters:
    ///   - experts: [layers, expertsPerToken], ``noExpert`` at the end of a layer that chose fewer.
    ///   - weights: the same shape; nothing where the trace has none.
    /// - Precondition: sizes as the shape says, experts below its count, and a step not before the last.
    public mutating func append(_ row: TraceRow, experts: [UInt16], weights: [Float] = []) {
        precondition(
            experts.count == shape.choicesPerRow
                && weights.count == (hasWeights ? shape.choicesPerRow : 0),
            "\(experts.count) choices with \(weights.count) weights, \(shape.choicesPerRow) for a row")
        let expertCount = shape.numbering.expertCount
        precondition(
            experts.allSatisfy { Int($0) < expertCount || $0 == Self.noExpert },
            "an expert of \(expertCount) beyond the last")
        checkStep(row.step)
        rows.append(row)
        self.experts += experts
        self.weights += weights
        appendBlankExtras()
    }

    /// The expert that `row` chose in `layer` at `rank`, strongest first; nil where it chose fewer.
    public func expert(row: Int, layer: Int, rank: Int) -> Int? {
        let expert = experts[place(row, layer, rank)]
        return expert == Self.noExpert ? nil : Int(expert)
    }

    /// The weight of that choice; nil where the trace has none.
    public func weight(row: Int, layer: Int, rank: Int) -> Float? {
        hasWeights ? weights[place(row, layer, rank)] : nil
    }

    /// Calls `body` with all choices, [rows, layers, expertsPerToken].
    public func withChoices<Result>(_ body: (Span<UInt16>) throws -> Result) rethrows -> Result {
        try body(experts.span)
    }

    /// Where a choice stands.
    func place(_ row: Int, _ layer: Int, _ rank: Int) -> Int {
        (row * shape.numbering.layerCount + layer) * shape.expertsPerToken + rank
    }

    /// - Precondition: `step` is not before that of the last row.
    func checkStep(_ step: UInt32) {
        let lastStep = rows.last?.step ?? 0
        precondition(lastStep <= step, "step \(step) after \(lastStep)")
    }
}
