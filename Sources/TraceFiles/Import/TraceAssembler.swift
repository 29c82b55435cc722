import ModelFiles
import Residency

/// Gathers choices in the order of a file and makes a trace of them.
///
/// Files have one line or record for each choice, or for each token and layer, ordered by token or by layer
/// within a step; how many layers there are is known at their end. So choices are kept as they come, each
/// with its row, and spread over the trace's places, step by step, in ``finish()``.
///
/// Memory: 16 bytes for a token and layer and 6 for a choice, as much again when it finishes without the 16.
struct TraceAssembler {
    /// What tells where a step ends.
    enum Steps {
        /// Every token is one.
        case onePerToken
        /// The file numbers them.
        case numbered
        /// The layers of a step rise; where they fall, another begins.
        case untilLayersFall
    }

    /// What the place of a choice is.
    enum Places {
        case lines, bytes
        /// The token in an array of this name.
        case tokens(of: String)
    }

    /// A token as a file gives it.
    struct Token: Equatable {
        var sequence = 0
        var position = 0
        /// Negative where it is not known.
        var token = -1
        var phase = TraceRow.Phase.decode
        /// Only looked at where the file numbers the steps.
        var step = 0
    }

    /// The choices of a token in a layer.
    private struct Cell {
        let row: UInt32
        let layer: UInt16
        var count: UInt16
        /// Line, byte or token.
        let place: Int
    }

    let input: ImportInput
    /// What the numbers are that say where choices stand.
    var places: Places
    private let steps: Steps
    private(set) var declared: DeclaredShape

    private var rows: [TraceRow] = []
    private var cells: [Cell] = []
    private var experts: [UInt16] = []
    private var weights: [Float] = []
    private var hasWeights = false
    /// By layer number, where its first choice stands; negative for a layer without choices.
    private(set) var firstPlaces: [Int] = []
    /// Layers that have choices, or that the head of the file names.
    private var namedLayerCount: Int
    private(set) var largestExpert = 0
    private(set) var largestCount = 0

    /// The token and layer of the choices that come.
    private var current = Token()
    private var currentRow = 0
    private var currentLayer = -1
    private var stepIndex = -1
    private var firstRowOfStep = 0
    /// The rows of a step with many, by their keys.
    private var rowsOfStep: [RowKey: Int] = [:]
    /// Where each text stands; kept where tokens must come in order.
    private var lastPositions: [UInt32: UInt32] = [:]

    private struct RowKey: Hashable {
        let sequence: UInt32
        let position: UInt32
    }

    /// - Throws: where the user contradicts the file, or a size is beyond its limit.
    init(
        _ input: ImportInput, declared: DeclaredShape = DeclaredShape(), steps: Steps, places: Places
    ) throws(TraceFilesError) {
        self.input = input
        self.steps = steps
        self.places = places
        var declared = declared
        try declared.add(input.facts, of: input)
        self.declared = declared
        namedLayerCount = declared.layerNumbers.count
        try declared.checkSizes(at: .file, of: input)
    }
}

// MARK: - Choices

extension TraceAssembler {
    /// Adds a choice that has its rank beside it: the choices of a token and layer follow one another.
    mutating func add(
        _ token: Token, layer: Int, rank: Int, expert: Int, weight: Float, at place: Int
    ) throws(TraceFilesError) {
        let isSameCell =
            layer == currentLayer && token.step == current.step && token.position == current.position
            && token.sequence == current.sequence && !cells.isEmpty
        if isSameCell, token != current { throw contradiction(at: place) }
        let expected = isSameCell ? Int(cells[cells.count - 1].count) : 0
        guard rank == expected else {
            throw input.malformed(
                isSameCell && rank < expected ? "rank \(rank) a second time" : "rank \(rank)",
                expected: "rank \(expected) next",
                advice: "write the choices of a token and layer one after another, from rank 0 on",
                at: self.place(place))
        }
        if !isSameCell { try begin(token, layer: layer, at: place) }
        try choose(expert, weight: weight, at: place)
    }

    /// Begins the choices of a token in a layer.
    mutating func begin(_ token: Token, layer: Int, at place: Int) throws(TraceFilesError) {
        guard layer >= 0, layer < declared.layerNumberLimit else {
            throw outOfRange("layer", layer, below: declared.layerNumberLimit, place)
        }
        currentRow = try row(of: token, layer: layer, at: place)
        current = token
        currentLayer = layer
        cells.append(Cell(row: UInt32(currentRow), layer: UInt16(layer), count: 0, place: place))
        if layer >= firstPlaces.count {
            firstPlaces += Array(repeating: -1, count: layer + 1 - firstPlaces.count)
        }
        if firstPlaces[layer] < 0 { try beginLayer(layer, at: place) }
    }

    /// A layer has its first choice.
    private mutating func beginLayer(_ layer: Int, at place: Int) throws(TraceFilesError) {
        firstPlaces[layer] = place
        if !declared.layerNumbers.contains(layer) { namedLayerCount += 1 }
        if let count = declared.layerCount, namedLayerCount > count {
            throw input.malformed(
                "layer \(layer), which is one too many", expected: "\(count) layers",
                advice: "check that the file is of this model", at: self.place(place))
        }
    }

    /// Adds the next choice of the token and layer that were begun.
    mutating func choose(_ expert: Int, weight: Float = .nan, at place: Int) throws(TraceFilesError) {
        guard expert >= 0, expert < declared.expertCount ?? ImportLimits.experts else {
            throw outOfRange("expert", expert, below: declared.expertCount ?? ImportLimits.experts, place)
        }
        let last = cells.count - 1
        let count = Int(cells[last].count)
        for earlier in experts.count - count..<experts.count where Int(experts[earlier]) == expert {
            throw input.malformed(
                "expert \(expert) a second time in layer \(currentLayer)",
                expected: "different experts of a token", advice: "repair the line or record",
                at: self.place(place))
        }
        guard count < declared.expertsPerToken ?? ImportLimits.expertsPerToken else {
            throw input.malformed(
                "\(count + 1) experts of a token in layer \(currentLayer)",
                expected: "at most \(declared.expertsPerToken ?? ImportLimits.expertsPerToken)",
                advice: "correct the file's header or the line", at: self.place(place))
        }
        experts.append(UInt16(expert))
        weights.append(weight)
        if !weight.isNaN { hasWeights = true }
        cells[last].count += 1
        if expert > largestExpert { largestExpert = expert }
        if count >= largestCount { largestCount = count + 1 }
    }

    /// Says how large experts are, by layer number, where that comes with the choices.
    mutating func learn(expertBytes: [Int: Int]) { declared.expertBytes = expertBytes }

    /// Where a choice stands, for an error.
    func place(_ place: Int) -> ImportInput.Place {
        switch places {
        case .lines: .line(place)
        case .bytes: .byte(place)
        case .tokens(let name): .token(place, of: name)
        }
    }

    private func outOfRange(_ what: String, _ found: Int, below: Int, _ place: Int) -> TraceFilesError {
        input.malformed(
            "\(what) \(found)", expected: "0 to \(below - 1)",
            advice: "check that the file is of this model and not cut or shifted", at: self.place(place))
    }
}

// MARK: - Rows

extension TraceAssembler {
    /// The row of `token`, a new one where it has none in its step.
    private mutating func row(of token: Token, layer: Int, at place: Int) throws(TraceFilesError) -> Int {
        let wanted = try traceRow(token, at: place)
        if try isSameStep(token, layer: layer, at: place) {
            if let found = find(wanted) {
                guard rows[found].token == wanted.token, rows[found].phase == wanted.phase else {
                    throw contradiction(at: place)
                }
                return found
            }
        } else {
            if steps == .onePerToken { try checkOrder(wanted, at: place) }
            stepIndex = steps == .numbered ? token.step : stepIndex + 1
            firstRowOfStep = rows.count
            rowsOfStep.removeAll(keepingCapacity: true)
        }
        guard rows.count < ImportLimits.rows else {
            throw outOfRange("token", rows.count, below: ImportLimits.rows, place)
        }
        var new = wanted
        new.step = UInt32(stepIndex)
        rows.append(new)
        // Looking through few rows is as fast as a table of them.
        if rows.count - firstRowOfStep > 8 {
            if rowsOfStep.isEmpty {
                for row in firstRowOfStep..<rows.count { rowsOfStep[key(rows[row])] = row }
            } else {
                rowsOfStep[key(new)] = rows.count - 1
            }
        }
        return rows.count - 1
    }

    private func contradiction(at place: Int) -> TraceFilesError {
        input.malformed(
            "another token or phase than on earlier lines of the same place in the text",
            expected: "the same", advice: "repair the line", at: self.place(place))
    }

    private func traceRow(_ token: Token, at place: Int) throws(TraceFilesError) -> TraceRow {
        let limit = 1 << 32
        let numbers = [("sequence", token.sequence), ("position", token.position), ("step", token.step)]
        for (what, value) in numbers where value < 0 || value >= limit {
            throw outOfRange(what, value, below: limit, place)
        }
        guard token.token < limit else { throw outOfRange("token", token.token, below: limit, place) }
        return TraceRow(
            sequence: UInt32(token.sequence), position: UInt32(token.position), step: 0,
            token: token.token < 0 ? nil : UInt32(token.token), phase: token.phase)
    }

    private func isSameStep(_ token: Token, layer: Int, at place: Int) throws(TraceFilesError) -> Bool {
        guard !rows.isEmpty else { return false }
        switch steps {
        case .onePerToken:
            return token.sequence == current.sequence && token.position == current.position
        case .untilLayersFall:
            return layer >= currentLayer
        case .numbered:
            guard token.step >= current.step else {
                throw input.malformed(
                    "step \(token.step) after step \(current.step)", expected: "steps that do not fall",
                    advice: "sort the file by step", at: self.place(place))
            }
            return token.step == current.step
        }
    }

    /// The row of this step that has the same sequence and position.
    private func find(_ wanted: TraceRow) -> Int? {
        let isWanted = { (row: Int) in
            rows[row].sequence == wanted.sequence && rows[row].position == wanted.position
        }
        if isWanted(currentRow) { return currentRow }
        let next = currentRow + 1 < rows.count ? currentRow + 1 : firstRowOfStep
        if isWanted(next) { return next }
        if rows.count - firstRowOfStep <= 8 { return (firstRowOfStep..<rows.count).first(where: isWanted) }
        if rowsOfStep.isEmpty { return nil }
        return rowsOfStep[key(wanted)]
    }

    private func key(_ row: TraceRow) -> RowKey { RowKey(sequence: row.sequence, position: row.position) }

    /// Checks that a text goes on, so that no token comes back after others.
    private mutating func checkOrder(_ row: TraceRow, at place: Int) throws(TraceFilesError) {
        if let last = lastPositions[row.sequence], row.position <= last {
            throw input.malformed(
                "position \(row.position) of sequence \(row.sequence) after position \(last)",
                expected: "positions that rise in each sequence, the lines of a token together",
                advice: "sort the file by sequence, position, layer and rank, or number the steps",
                at: self.place(place))
        }
        lastPositions[row.sequence] = row.position
    }
}

// MARK: - The trace

extension TraceAssembler {
    /// What a format leaves open, and is filled in when the trace is made.
    struct Unknowns: OptionSet {
        let rawValue: Int
        /// Tokens that were computed together are taken as parts of a prompt, a token alone as an answer's.
        static let phases = Unknowns(rawValue: 1)
        /// Where there is one layer only, nothing tells steps apart, and every token is one.
        static let steps = Unknowns(rawValue: 2)
    }

    /// Makes the trace.
    ///
    /// - Parameter notes: gets a sentence about every size that was taken from the choices.
    /// - Throws: for a file without choices, a token and layer that come twice, and a file in which most
    ///   places would stay empty.
    consuming func finish(
        _ unknowns: Unknowns = [], notes: inout [String]
    ) throws(TraceFilesError) -> RoutingTrace {
        guard !experts.isEmpty else {
            throw input.malformed(
                "no choice", expected: "at least one", advice: "check that the recorder was switched on",
                at: .file)
        }
        let shape = try traceShape(notes: &notes)
        let choicesPerRow = shape.choicesPerRow
        let (slots, overflow) = choicesPerRow.multipliedReportingOverflow(by: rows.count)
        let allowed = experts.count * ImportLimits.slotsPerChoice + ImportLimits.freeSlots
        guard !overflow, slots <= allowed else {
            throw input.error(
                .limitExceeded(
                    limit:
                        "places for choices of \(rows.count) tokens in \(shape.numbering.layerCount) layers "
                        + "with \(experts.count) choices",
                    found: overflow ? .max : UInt64(slots), maximum: UInt64(allowed)), at: .file)
        }
        if unknowns.contains(.steps), shape.numbering.layerCount == 1 {
            for row in rows.indices { rows[row].step = UInt32(row) }
        }
        var trace = RoutingTrace(shape: shape, hasWeights: hasWeights)
        trace.reserve(rows: rows.count)
        if unknowns.contains(.phases) { takePhasesFromSteps() }
        try spread(into: &trace)
        return trace
    }

    private mutating func takePhasesFromSteps() {
        for row in rows.indices {
            let step = rows[row].step
            let isAlone =
                (row == 0 || rows[row - 1].step != step)
                && (row + 1 == rows.count || rows[row + 1].step != step)
            rows[row].phase = isAlone ? .decode : .prefill
        }
    }

    /// Copies the choices, step by step, to their places.
    private func spread(into trace: inout RoutingTrace) throws(TraceFilesError) {
        let shape = trace.shape
        var indexOfLayer = Array(repeating: -1, count: ImportLimits.layers)
        for (index, number) in shape.layerNumbers.enumerated() { indexOfLayer[number] = index }
        var stepExperts: [UInt16] = []
        var stepWeights: [Float] = []
        var cell = 0
        var choice = 0
        var row = 0
        while row < rows.count {
            var end = row + 1
            while end < rows.count, rows[end].step == rows[row].step { end += 1 }
            let places = (end - row) * shape.choicesPerRow
            stepExperts.removeAll(keepingCapacity: true)
            stepExperts += repeatElement(RoutingTrace.noExpert, count: places)
            stepWeights.removeAll(keepingCapacity: true)
            stepWeights += repeatElement(0, count: places)
            while cell < cells.count, Int(cells[cell].row) < end {
                // Where every token is a step, one that comes back stands behind its step.
                guard Int(cells[cell].row) >= row else { throw repeated(cells[cell]) }
                let layer = indexOfLayer[Int(cells[cell].layer)]
                let place =
                    ((Int(cells[cell].row) - row) * shape.numbering.layerCount + layer)
                    * shape.expertsPerToken
                guard stepExperts[place] == RoutingTrace.noExpert else { throw repeated(cells[cell]) }
                for rank in 0..<Int(cells[cell].count) {
                    stepExperts[place + rank] = experts[choice]
                    stepWeights[place + rank] = weights[choice]
                    choice += 1
                }
                cell += 1
            }
            append(row..<end, stepExperts, stepWeights, to: &trace)
            row = end
        }
    }

    private func append(
        _ range: Range<Int>, _ experts: [UInt16], _ weights: [Float], to trace: inout RoutingTrace
    ) {
        let count = trace.shape.choicesPerRow
        for (index, row) in range.enumerated() {
            let places = index * count..<(index + 1) * count
            trace.append(
                rows[row], experts: Array(experts[places]), weights: hasWeights ? Array(weights[places]) : [])
        }
    }

    private func repeated(_ cell: Cell) -> TraceFilesError {
        let row = rows[Int(cell.row)]
        return input.malformed(
            "layer \(cell.layer) of sequence \(row.sequence), position \(row.position) a second time",
            expected: "each layer of a token once", advice: "leave the second one out",
            at: place(cell.place))
    }
}
