/// Rows of one trace that were, or are taken to be, computed together.
struct ReplayTurn {
    /// Which of the traces.
    let trace: Int
    let rows: Range<Int>

    /// Every step of `traces`, in the order in which they are replayed.
    ///
    /// With several streams each takes the next text when its text has ended, and streams take turns, a step
    /// each; a step in which several texts were computed is cut between them.
    static func all(of traces: [RoutingTrace], streams: Int) -> [ReplayTurn] {
        let turns = traces.indices.flatMap { steps(of: traces[$0], number: $0, cutsTexts: streams > 1) }
        if streams == 1 { return turns }
        var texts: [[ReplayTurn]] = []
        var places: [TextName: Int] = [:]
        for turn in turns {
            let sequence = traces[turn.trace].rows[turn.rows.lowerBound].sequence
            let name = TextName(trace: turn.trace, sequence: sequence)
            if let place = places[name] {
                texts[place].append(turn)
            } else {
                places[name] = texts.count
                texts.append([turn])
            }
        }
        return interleave(texts, streams: streams)
    }

    private struct TextName: Hashable {
        let trace: Int
        let sequence: UInt32
    }

    private static func steps(of trace: RoutingTrace, number: Int, cutsTexts: Bool) -> [ReplayTurn] {
        var found: [ReplayTurn] = []
        var first = 0
        for row in trace.rows.indices {
            let next = row + 1
            let isLast =
                next == trace.rows.count || trace.rows[next].step != trace.rows[row].step
                || cutsTexts && trace.rows[next].sequence != trace.rows[row].sequence
            if isLast {
                found.append(ReplayTurn(trace: number, rows: first..<next))
                first = next
            }
        }
        return found
    }

    private static func interleave(_ texts: [[ReplayTurn]], streams: Int) -> [ReplayTurn] {
        var order: [ReplayTurn] = []
        var running: [(text: Int, next: Int)] = (0..<min(streams, texts.count)).map { ($0, 0) }
        var waiting = running.count
        while !running.isEmpty {
            for stream in running.indices.reversed() {
                let (text, next) = running[stream]
                if next < texts[text].count { continue }
                if waiting < texts.count {
                    running[stream] = (waiting, 0)
                    waiting += 1
                } else {
                    running.remove(at: stream)
                }
            }
            for stream in running.indices {
                order.append(texts[running[stream].text][running[stream].next])
                running[stream].next += 1
            }
        }
        return order
    }
}
