import Foundation
import Residency
import TestSupport
import Testing

/// Events of a trace, flat: what a replay reads.
struct RoutingTrace: Sendable {
    struct Event: Sendable {
        var tick: Int
        var layer: Int
        var experts: [UInt16]
        var startsSequence = false
    }

    var numbering: ExpertNumbering
    var events: [Event] = []

    var requests: Int { events.reduce(0) { $0 + $1.experts.count } }

    /// What a cache of `shape` counts over the trace.
    func replay(_ choice: PolicyChoice, _ shape: CacheShape) -> CacheCounters {
        let cache = choice.makeCache(shape)
        replay(into: cache)
        return cache.counters
    }

    func replay(into cache: any ExpertCaching) {
        var answer = CacheEvent(numbering: numbering, capacity: numbering.expertCount)
        for event in events {
            if event.startsSequence { cache.beginSequence() }
            cache.request(layer: event.layer, experts: event.experts.span, tick: event.tick, into: &answer)
        }
    }

    /// The events of one layer, of a model that has no other.
    func onlyLayer(_ layer: Int) -> RoutingTrace {
        var trace = RoutingTrace(
            numbering: ExpertNumbering(layerCount: 1, expertCount: numbering.expertCount))
        var starts = false
        for event in events {
            if event.startsSequence { starts = true }
            guard event.layer == layer else { continue }
            trace.events.append(
                Event(tick: event.tick, layer: 0, experts: event.experts, startsSequence: starts))
            starts = false
        }
        return trace
    }

    /// `tokens` tokens of random choices; a layer's choices are skewed towards a few of its experts.
    static func random(
        layers: Int, experts: Int, perToken: ClosedRange<Int>, tokens: Int,
        using generator: inout SeededGenerator
    ) -> RoutingTrace {
        var trace = RoutingTrace(numbering: ExpertNumbering(layerCount: layers, expertCount: experts))
        for tick in 0..<tokens {
            for layer in 0..<layers {
                let count = Int.random(in: perToken, using: &generator)
                var chosen: [UInt16] = []
                while chosen.count < count {
                    let range = Bool.random(using: &generator) ? experts : (experts + 2) / 3
                    let expert = UInt16(Int.random(in: 0..<range, using: &generator))
                    if !chosen.contains(expert) || range < count { chosen.append(expert) }
                }
                trace.events.append(Event(tick: tick, layer: layer, experts: Array(Set(chosen)).sorted()))
            }
        }
        return trace
    }
}

/// The committed traces, the shared ones, and the counts on both.
enum TraceFixtures {
    /// Misses by policy on a trace in one shape.
    struct Golden: Decodable, Sendable, CustomTestStringConvertible {
        let trace: String
        let pools: [Int]
        let requests: Int
        let misses: [String: Int]

        var isShared: Bool { trace.hasPrefix("demo-") }
        var testDescription: String { "\(trace) \(pools)" }

        func shape(_ numbering: ExpertNumbering) -> CacheShape {
            let isGlobal = pools.count == 1 && numbering.layerCount > 1
            return CacheShape(
                numbering: numbering, pools: isGlobal ? .global(slots: pools[0]) : .perLayer(pools))
        }
    }

    private struct Stored: Decodable {
        let layers: Int
        let experts: Int
        let events: [[Int]]
    }

    private static func data(_ name: String) throws -> Data {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<2 { folder.deleteLastPathComponent() }
        return try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)"))
    }

    static let golden: [Golden] =
        (try? JSONDecoder().decode([Golden].self, from: data("golden.json"))) ?? []

    static let synthetic: [String: RoutingTrace] = {
        let stored = (try? JSONDecoder().decode([String: Stored].self, from: data("traces.json"))) ?? [:]
        return stored.mapValues { stored in
            RoutingTrace(
                numbering: ExpertNumbering(layerCount: stored.layers, expertCount: stored.experts),
                events: stored.events.map { event in
                    RoutingTrace.Event(
                        tick: event[0], layer: event[1], experts: event.dropFirst(2).map { UInt16($0) })
                })
        }
    }()

    /// The demo model's traces; empty where this machine has none.
    static let shared: [String: RoutingTrace] = {
        var found: [String: RoutingTrace] = [:]
        for name in ["demo-story", "demo-code"] {
            guard let path = try? SharedFixtures.path("fixtures/traces/\(name).csv"),
                let text = try? String(contentsOfFile: path, encoding: .utf8)
            else { continue }
            found[name] = parse(text)
        }
        return found
    }()

    /// Columns sequence, step, token, layer, slot, expert; 12 layers of 32 experts, windows of 512 tokens.
    private static func parse(_ text: String) -> RoutingTrace {
        var trace = RoutingTrace(numbering: ExpertNumbering(layerCount: 12, expertCount: 32))
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            let fields = line.split(separator: UInt8(ascii: ",")).prefix(6).map { field in
                field.reduce(0) { $0 * 10 + Int($1) - 48 }
            }
            if line.first == UInt8(ascii: "s") { continue }
            if fields[4] == 0 {
                trace.events.append(
                    RoutingTrace.Event(
                        tick: fields[0] * 512 + fields[1], layer: fields[3], experts: [],
                        startsSequence: fields[1] == 0 && fields[3] == 0))
            }
            trace.events[trace.events.count - 1].experts.append(UInt16(fields[5]))
        }
        return trace
    }
}

extension PolicyEntry {
    /// The policy with its own settings.
    var choice: PolicyChoice { PolicyChoice(entry: self, halfLifeTokens: nil) }
}
