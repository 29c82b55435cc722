// MARK: - What a trace holds beside its choices

extension RoutingTrace {
    /// Where the expert of that choice was; unknown where the trace does not say.
    public func residency(row: Int, layer: Int, rank: Int) -> ChoiceResidency {
        columns.hasResidency ? residencies[place(row, layer, rank)] : .unknown
    }

    /// Bytes that the disk delivered between the end of the layer before and the end of `layer`, of the step
    /// that `row` belongs to: on the first row of the step, 0 on the others; nil where the trace has none.
    public func bytesRead(row: Int, layer: Int) -> Int? {
        columns.hasBytesRead ? Int(clamping: bytesRead[row * shape.numbering.layerCount + layer]) : nil
    }

    /// The expert that the predictor of `column` named at `rank` for `layer` of `row`, the most likely first;
    /// nil where it named fewer.
    public func candidate(column: Int, row: Int, layer: Int, rank: Int) -> Int? {
        let expert = candidates[column][candidatePlace(column, row, layer, rank)]
        return expert == Self.noExpert ? nil : Int(expert)
    }

    /// Where a candidate stands in its column.
    private func candidatePlace(_ column: Int, _ row: Int, _ layer: Int, _ rank: Int) -> Int {
        (row * shape.numbering.layerCount + layer) * columns.candidates[column].count + rank
    }
}

// MARK: - Filling a trace in place

extension RoutingTrace {
    /// Adds a token of which nothing is known but where it stands. Allocates: none within what is reserved.
    ///
    /// - Precondition: a step not before the last.
    public mutating func appendBlank(_ row: TraceRow) {
        checkStep(row.step)
        rows.append(row)
        experts.append(contentsOf: repeatElement(Self.noExpert, count: shape.choicesPerRow))
        if hasWeights { weights.append(contentsOf: repeatElement(0, count: shape.choicesPerRow)) }
        appendBlankExtras()
    }

    /// What is not known of the last row.
    mutating func appendBlankExtras() {
        let layers = shape.numbering.layerCount
        if columns.hasResidency {
            residencies.append(contentsOf: repeatElement(.unknown, count: shape.choicesPerRow))
        }
        if columns.hasBytesRead { bytesRead.append(contentsOf: repeatElement(0, count: layers)) }
        for index in candidates.indices {
            let count = layers * columns.candidates[index].count
            candidates[index].append(contentsOf: repeatElement(Self.noExpert, count: count))
        }
    }

    /// Adds all rows of another trace with the same shape and columns. Allocates: none within what is
    /// reserved.
    ///
    /// - Precondition: shape and columns are equal, and its first step is not before the last one here.
    public mutating func append(contentsOf other: RoutingTrace) {
        precondition(
            shape == other.shape && columns == other.columns, "traces of different shapes or columns")
        if let first = other.rows.first { checkStep(first.step) }
        rows += other.rows
        experts += other.experts
        weights += other.weights
        residencies += other.residencies
        bytesRead += other.bytesRead
        for index in candidates.indices { candidates[index] += other.candidates[index] }
    }

    /// Forgets all rows and keeps their memory.
    public mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        experts.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        residencies.removeAll(keepingCapacity: true)
        bytesRead.removeAll(keepingCapacity: true)
        for index in candidates.indices { candidates[index].removeAll(keepingCapacity: true) }
    }

    /// Notes a choice; the weight is forgotten where the trace has none.
    ///
    /// - Precondition: `expert` is below the shape's count.
    public mutating func setChoice(row: Int, layer: Int, rank: Int, expert: Int, weight: Float) {
        let place = place(row, layer, rank)
        experts[place] = checked(expert)
        if hasWeights { weights[place] = weight }
    }

    /// Notes where the expert of a choice was.
    ///
    /// - Precondition: the trace has that column, as for the setters below.
    public mutating func setResidency(row: Int, layer: Int, rank: Int, to residency: ChoiceResidency) {
        residencies[place(row, layer, rank)] = residency
    }

    /// Notes what the disk delivered.
    public mutating func setBytesRead(row: Int, layer: Int, to byteCount: Int) {
        bytesRead[row * shape.numbering.layerCount + layer] = UInt64(byteCount)
    }

    /// Notes whom a predictor named.
    public mutating func setCandidate(column: Int, row: Int, layer: Int, rank: Int, expert: Int) {
        candidates[column][candidatePlace(column, row, layer, rank)] = checked(expert)
    }

    private func checked(_ expert: Int) -> UInt16 {
        let count = shape.numbering.expertCount
        precondition(expert >= 0 && expert < count, "expert \(expert) of \(count)")
        return UInt16(expert)
    }
}

// MARK: - Whole columns

extension RoutingTrace {
    /// Calls `body` with all weights, [rows, layers, expertsPerToken]; none where the trace has none.
    public func withWeights<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
        try body(weights.span)
    }

    /// Calls `body` with all residencies, of the same shape.
    public func withResidencies<Result>(
        _ body: (Span<ChoiceResidency>) throws -> Result
    ) rethrows -> Result {
        try body(residencies.span)
    }

    /// Calls `body` with the bytes that the disk delivered, [rows, layers].
    public func withBytesRead<Result>(_ body: (Span<UInt64>) throws -> Result) rethrows -> Result {
        try body(bytesRead.span)
    }

    /// Calls `body` with the candidates of `column`, [rows, layers, count].
    public func withCandidates<Result>(
        column: Int, _ body: (Span<UInt16>) throws -> Result
    ) rethrows -> Result {
        let named = candidates[column]
        return try body(named.span)
    }
}
