/// What traces ask of a cache, in the order in which a cache sees it: what all replays of a run share.
///
/// The order of experts within an event is that of ``StepList``, the same as an engine's. Memory: four bytes
/// for a request, twelve for an event.
public struct ReplayEvents: Sendable {
    /// A forward step.
    package struct Step: Sendable {
        /// Tokens computed together.
        package let rows: Int
        /// That of its last token.
        package let phase: TraceRow.Phase
        /// Whether one of them is the first of a text.
        package let startsText: Bool
        /// Positions in front of it: those of each of its texts before the text's first token in it.
        package let context: Int
        /// Its events.
        package var events: Range<Int>
    }

    /// The model's sizes.
    public let shape: TraceShape
    /// Whether every access is an event of its own.
    public let isPerAccess: Bool
    /// Tokens of the traces.
    public private(set) var rowCount = 0
    /// The steps in order.
    package private(set) var steps: [Step] = []
    /// The layer of each event.
    package private(set) var layers: [UInt16] = []
    /// Where each event's requests start, and after the last event where they end.
    package private(set) var starts: [Int] = [0]
    /// The experts asked for, event by event.
    package private(set) var experts: [UInt16] = []
    /// How many rows of the step chose each.
    package private(set) var rowCounts: [UInt16] = []
    /// Of steps of one token, whom the predictor that ran while the trace was recorded had named a layer
    /// before, event by event, the most likely first.
    package private(set) var candidates: [UInt16] = []
    /// Where each event's candidates start, and after the last event where they end; empty where no trace has
    /// any.
    package private(set) var candidateStarts: [Int] = []
    private let hasCandidates: Bool

    /// - Parameters:
    ///   - traces: replayed one after another; all of one shape.
    ///   - streams: texts that take turns, a step each; 1 for the order in which they were recorded.
    ///   - isPerAccess: every choice of every token an event of its own, as caches of other fields count.
    public init(_ traces: [RoutingTrace], streams: Int = 1, isPerAccess: Bool = false) {
        precondition(!traces.isEmpty && streams > 0, "\(traces.count) traces in \(streams) streams")
        precondition(
            traces.allSatisfy { $0.shape.hasSameExperts(as: traces[0].shape) }, "traces of several models")
        shape = traces[0].shape
        self.isPerAccess = isPerAccess
        hasCandidates = !isPerAccess && traces.contains { $0.columnOfNextLayer != nil }
        var list = StepList(expertCount: shape.numbering.expertCount)
        for turn in ReplayTurn.all(of: traces, streams: streams) {
            append(turn, of: traces[turn.trace], &list)
        }
    }

    /// Events of all steps.
    public var count: Int { layers.count }

    /// Experts asked for.
    public var requestCount: Int { experts.count }

    /// The most experts that an event asks of each layer.
    public var largestEvents: [Int] {
        var largest = Array(repeating: 0, count: shape.numbering.layerCount)
        for event in layers.indices {
            let layer = Int(layers[event])
            largest[layer] = max(largest[layer], starts[event + 1] - starts[event])
        }
        return largest
    }

    private mutating func append(_ turn: ReplayTurn, of trace: RoutingTrace, _ list: inout StepList) {
        let rows = turn.rows
        let first = layers.count
        rowCount += rows.count
        if isPerAccess {
            for row in rows { appendAccesses(of: row, trace) }
        } else {
            for layer in 0..<shape.numbering.layerCount {
                list.fill(rows: rows.count, expertsPerToken: shape.expertsPerToken) { row, rank in
                    trace.expert(row: rows.lowerBound + row, layer: layer, rank: rank) ?? -1
                }
                guard list.count > 0 else { continue }
                for position in 0..<list.count {
                    append(list.expert(position), rows: list.rowCount(position))
                }
                if hasCandidates { appendCandidates(row: rows.lowerBound, of: rows.count, layer, trace) }
                end(layer)
            }
        }
        steps.append(
            Step(
                rows: rows.count, phase: trace.rows[rows.upperBound - 1].phase,
                startsText: rows.contains { trace.rows[$0].position == 0 },
                context: trace.context(of: rows), events: first..<layers.count))
    }

    /// An expert that one token names twice is asked for once.
    private mutating func append(_ expert: Int, rows: Int) {
        let start = starts[starts.count - 1]
        if rows == 1, experts[start...].contains(UInt16(expert)) { return }
        experts.append(UInt16(expert))
        rowCounts.append(UInt16(clamping: rows))
    }

    /// Whom the trace's predictor named for the last event, each once.
    private mutating func appendCandidates(
        row: Int, of rowCount: Int, _ layer: Int, _ trace: RoutingTrace
    ) {
        let start = candidates.count
        if candidateStarts.isEmpty { candidateStarts.append(0) }
        if rowCount == 1, let column = trace.columnOfNextLayer {
            for rank in 0..<trace.columns.candidates[column].count {
                guard let expert = trace.candidate(column: column, row: row, layer: layer, rank: rank) else {
                    continue
                }
                let name = UInt16(expert)
                if !candidates[start...].contains(name) { candidates.append(name) }
            }
        }
        candidateStarts.append(candidates.count)
    }

    private mutating func appendAccesses(of row: Int, _ trace: RoutingTrace) {
        for layer in 0..<shape.numbering.layerCount {
            for rank in 0..<shape.expertsPerToken {
                guard let expert = trace.expert(row: row, layer: layer, rank: rank) else { break }
                experts.append(UInt16(expert))
                rowCounts.append(1)
                end(layer)
            }
        }
    }

    private mutating func end(_ layer: Int) {
        layers.append(UInt16(layer))
        starts.append(experts.count)
    }
}

extension RoutingTrace {
    /// Positions in front of `rows`, which were computed together.
    fileprivate func context(of rows: Range<Int>) -> Int {
        let first = self.rows[rows.lowerBound]
        var context = Int(first.position)
        if rows.count == 1 { return context }
        var texts: Set = [first.sequence]
        for row in self.rows[rows] where texts.insert(row.sequence).inserted {
            context += Int(row.position)
        }
        return context
    }

    /// Where the candidates that were named one layer before stand among its columns; nil without any.
    fileprivate var columnOfNextLayer: Int? { columns.candidates.firstIndex { $0.distance == 1 } }
}

extension TraceShape {
    /// Whether choices of both mean the same experts.
    public func hasSameExperts(as other: TraceShape) -> Bool {
        numbering == other.numbering && expertsPerToken == other.expertsPerToken
    }
}
