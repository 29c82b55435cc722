/// What ``LFU`` counts, which is the same whatever is resident.
package struct FadingPriority: ExpertPriority, ~Copyable {
    private var uses: FadingUses

    package init(_ numbering: ExpertNumbering, halfLifeTokens: Double) {
        uses = FadingUses(count: numbering.count, halfLifeTokens: halfLifeTokens)
    }

    package mutating func begin(tick: Int) -> Bool { uses.advance(to: tick) != nil }

    package mutating func use(_ expert: Int, request: Int, rows: Int) -> Double {
        for _ in 0..<rows { uses.use(expert) }
        return uses.scaled[expert]
    }

    package func worth(_ expert: Int) -> Double { uses.scaled[expert] }
}

/// Worth the more the sooner an expert is used again: Belady's choice, which needs the whole trace.
///
/// Source: Belady 1966, doi 10.1147/sj.52.0078.
package struct NextUsePriority: ExpertPriority, ~Copyable {
    /// By request, the event that asks for the same expert next.
    private var nextEvents: FlatArray<UInt32>

    package init(_ events: ReplayEvents) {
        let numbering = events.shape.numbering
        precondition(events.count < Int(UInt32.max), "\(events.count) events")
        nextEvents = FlatArray(repeating: .max, count: events.requestCount)
        var next = FlatArray<UInt32>(repeating: .max, count: numbering.count)
        for event in events.layers.indices.reversed() {
            let base = Int(events.layers[event]) << numbering.shift
            for request in events.starts[event]..<events.starts[event + 1] {
                let expert = base + Int(events.experts[request])
                nextEvents[request] = next[expert]
            }
            for request in events.starts[event]..<events.starts[event + 1] {
                next[base + Int(events.experts[request])] = UInt32(event)
            }
        }
    }

    package mutating func begin(tick: Int) -> Bool { false }

    package mutating func use(_ expert: Int, request: Int, rows: Int) -> Double {
        -Double(nextEvents[request])
    }

    package func worth(_ expert: Int) -> Double { 0 }
}
