/// One step simulated event by event: a disk that takes a number of reads at a time, delivers each a latency
/// after it was handed over at the earliest and all one after another, and a processor that does one thing at
/// a time. What `TimeModel` must come to, by another way.
struct StepSimulation {
    /// What a layer does: `front` seconds of attention, then its experts, of which some must be read.
    struct Layer {
        var front: Double
        var requests: Int
        var misses: Int
        /// Of the misses, those whose reading may begin in the layer before.
        var foreseen: Int
    }

    let latency: Double
    let blockSeconds: Double
    let blocksPerExpert: Int
    let depth: Int
    let computeSeconds: Double

    private enum Event { case frontDone, blockDone, expertDone }
    private struct Load {
        var blocksToSubmit: Int
        var blocksToCome: Int
        var isAsked: Bool
    }

    /// Seconds until all layers are done.
    func run(_ layers: [Layer]) -> Double {
        var state = State(simulation: self, layers: layers)
        return state.run()
    }

    private struct State {
        let simulation: StepSimulation
        let layers: [Layer]
        var now = 0.0
        var agenda: [(time: Double, event: Event)] = []
        var layer = 0
        /// The layer's experts are known.
        var isRouted = false
        var loads: [Load] = []
        var underWay = 0
        var lastBlockEnd = 0.0
        /// Loads in the order in which their blocks were handed over, one entry each block.
        var order: [Int] = []
        var readyExperts = 0
        var doneExperts = 0
        var isComputing = false
        /// Foreseen experts of the next layer that were begun.
        var guesses: [Int] = []
        var hasBegunGuesses = false

        init(simulation: StepSimulation, layers: [Layer]) {
            self.simulation = simulation
            self.layers = layers
        }

        mutating func run() -> Double {
            agenda = [(layers[0].front, .frontDone)]
            while let next = agenda.indices.min(by: { agenda[$0].time < agenda[$1].time }) {
                let (time, event) = agenda.remove(at: next)
                now = time
                switch event {
                case .frontDone: route()
                case .blockDone: endBlock()
                case .expertDone:
                    isComputing = false
                    doneExperts += 1
                }
                beginGuesses()
                compute()
            }
            return now
        }

        /// The layer's experts become known.
        mutating func route() {
            isRouted = true
            hasBegunGuesses = false
            let demand = layers[layer]
            let begun = guesses
            guesses = []
            readyExperts = demand.requests - demand.misses
            for load in begun {
                if loads[load].blocksToCome == 0 { readyExperts += 1 } else { loads[load].isAsked = true }
            }
            for _ in begun.count..<demand.misses { _ = addLoad(isAsked: true) }
            submit()
        }

        /// Once nobody waits for the disk, the next layer's experts are read.
        mutating func beginGuesses() {
            let isWaited = loads.contains { $0.isAsked && $0.blocksToCome > 0 }
            guard isRouted, !hasBegunGuesses, !isWaited, layer + 1 < layers.count else { return }
            hasBegunGuesses = true
            for _ in 0..<layers[layer + 1].foreseen { guesses.append(addLoad(isAsked: false)) }
            submit()
        }

        mutating func addLoad(isAsked: Bool) -> Int {
            let blocks = simulation.blocksPerExpert
            loads.append(Load(blocksToSubmit: blocks, blocksToCome: blocks, isAsked: isAsked))
            return loads.count - 1
        }

        mutating func submit() {
            while underWay < simulation.depth, let load = loads.firstIndex(where: { $0.blocksToSubmit > 0 }) {
                loads[load].blocksToSubmit -= 1
                underWay += 1
                order.append(load)
                lastBlockEnd = max(now + simulation.latency, lastBlockEnd) + simulation.blockSeconds
                agenda.append((lastBlockEnd, .blockDone))
            }
        }

        mutating func endBlock() {
            let load = order.removeFirst()
            underWay -= 1
            loads[load].blocksToCome -= 1
            if loads[load].blocksToCome == 0, loads[load].isAsked { readyExperts += 1 }
            submit()
        }

        mutating func compute() {
            guard isRouted, !isComputing else { return }
            if readyExperts > 0 {
                readyExperts -= 1
                isComputing = true
                agenda.append((now + simulation.computeSeconds, .expertDone))
            } else if doneExperts == layers[layer].requests {
                doneExperts = 0
                isRouted = false
                layer += 1
                if layer < layers.count { agenda.append((now + layers[layer].front, .frontDone)) }
            }
        }
    }
}
