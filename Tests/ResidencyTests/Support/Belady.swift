import Residency

/// Who evicts what is used again last: no other can miss less, where every miss takes a slot.
///
/// A scan over dictionaries, with the rules of an event: its experts are never its victims.
///
/// Source: Belady 1966, doi 10.1147/sj.52.0078.
enum Belady {
    static func misses(_ trace: RoutingTrace, _ shape: CacheShape) -> Int {
        var uses: [ExpertID: [Int]] = [:]
        for (position, event) in trace.events.enumerated().reversed() {
            for index in event.experts {
                uses[ExpertID(layer: event.layer, index: Int(index)), default: []].append(position)
            }
        }
        let slots: (Int) -> Int = { layer in
            switch shape.pools {
            case .global(let slots): slots
            case .perLayer(let slots): slots[layer]
            }
        }
        var residents: [Int: Set<ExpertID>] = [:]
        var misses = 0
        for event in trace.events {
            var pool = residents[shape.isGlobal ? 0 : event.layer, default: []]
            let chosen = event.experts.map { ExpertID(layer: event.layer, index: Int($0)) }
            for expert in chosen { uses[expert]?.removeLast() }
            for expert in chosen where !pool.contains(expert) {
                misses += 1
                if pool.count == slots(event.layer) {
                    let candidates = pool.subtracting(chosen)
                    guard let victim = candidates.max(by: { next($0, uses) < next($1, uses) }) else {
                        continue
                    }
                    pool.remove(victim)
                }
                pool.insert(expert)
            }
            residents[shape.isGlobal ? 0 : event.layer] = pool
        }
        return misses
    }

    private static func next(_ expert: ExpertID, _ uses: [ExpertID: [Int]]) -> Int {
        uses[expert]?.last ?? .max
    }
}
