import Residency

/// One step simulated event by event: a disk that takes a number of reads at a time, delivers each a latency
/// after it was handed over at the earliest and all one after another, and begins anew when a layer asks for
/// more; and a processor that does one thing at a time. What `TimeModel` must come to, by another way.
struct StepSimulation {
    /// What a layer does: `front` seconds of attention, then its experts, of which some must be read.
    struct Layer {
        var front: Double
        var requests: Int
        var misses: Int
        /// Whose reading may begin in the layer before, or in the one before that if nothing is read between:
        /// of the misses those that are right, and others.
        var guesses = Foresight()
    }

    let latency: Double
    let blockSeconds: Double
    let blocksPerExpert: Int
    let depth: Int
    /// Blocks that may be under way of what nobody waits for.
    var guessDepth = Int.max
    let computeSeconds: Double

    private enum Event { case frontDone, blockDone, expertDone }
    private struct Load {
        var blocksToSubmit: Int
        var blocksToCome: Int
        var isAsked: Bool
        /// A block counts as what it was when it was handed over.
        var guessBlocksToCome = 0
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
        /// The layer whose guesses were begun last, and they.
        var guessedLayer = 0
        var guesses: [Int] = []
        /// Blocks under way for nobody who waited when they were handed over.
        var guessBlocks = 0

        init(simulation: StepSimulation, layers: [Layer]) {
            self.simulation = simulation
            self.layers = layers
        }

        mutating func run() -> Double {
            agenda = [(layers[0].front, .frontDone)]
            while layer < layers.count,
                let next = agenda.indices.min(by: { agenda[$0].time < agenda[$1].time })
            {
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
            let demand = layers[layer]
            readyExperts = demand.requests - demand.misses
            for (index, load) in guesses.enumerated() where guessedLayer == layer {
                if !demand.guesses[index] {
                    // Called off: what is under way still comes.
                    loads[load].blocksToCome -= loads[load].blocksToSubmit
                    loads[load].blocksToSubmit = 0
                } else if loads[load].blocksToCome == 0 {
                    readyExperts += 1
                } else {
                    loads[load].isAsked = true
                }
            }
            let begun = guessedLayer == layer ? demand.guesses.rightCount : 0
            if guessedLayer <= layer { guesses = [] }
            for _ in begun..<demand.misses { _ = addLoad(isAsked: true) }
            if loads.contains(where: { $0.isAsked && $0.blocksToCome > 0 }) { beginAnew() }
            submit()
        }

        /// What is under way comes no earlier than if it were asked for now.
        mutating func beginAnew() {
            agenda.removeAll { $0.event == .blockDone }
            lastBlockEnd = now + simulation.latency
            for _ in order {
                lastBlockEnd += simulation.blockSeconds
                agenda.append((lastBlockEnd, .blockDone))
            }
        }

        /// Once nobody waits for the disk, the next layer's experts are read, or those of the layer after one
        /// that reads nothing.
        mutating func beginGuesses() {
            let isWaited = loads.contains { $0.isAsked && $0.blocksToCome > 0 }
            guard isRouted, !isWaited else { return }
            var next = layer + 1
            if next < layers.count, layers[next].misses == 0, layers[next].guesses.count == 0 { next += 1 }
            guard next < layers.count, guessedLayer < next else { return }
            guessedLayer = next
            guesses = (0..<layers[next].guesses.count).map { _ in addLoad(isAsked: false) }
            submit()
        }

        mutating func addLoad(isAsked: Bool) -> Int {
            let blocks = simulation.blocksPerExpert
            loads.append(Load(blocksToSubmit: blocks, blocksToCome: blocks, isAsked: isAsked))
            return loads.count - 1
        }

        mutating func submit() {
            while underWay < simulation.depth, let load = nextLoad() {
                loads[load].blocksToSubmit -= 1
                underWay += 1
                if !loads[load].isAsked {
                    guessBlocks += 1
                    loads[load].guessBlocksToCome += 1
                }
                order.append(load)
                lastBlockEnd = max(now + simulation.latency, lastBlockEnd) + simulation.blockSeconds
                agenda.append((lastBlockEnd, .blockDone))
            }
        }

        /// Loads in their order, those that nobody waits for only up to their depth.
        func nextLoad() -> Int? {
            loads.indices.first { load in
                loads[load].blocksToSubmit > 0
                    && (loads[load].isAsked || guessBlocks < simulation.guessDepth)
            }
        }

        mutating func endBlock() {
            let load = order.removeFirst()
            underWay -= 1
            loads[load].blocksToCome -= 1
            if loads[load].guessBlocksToCome > 0 {
                loads[load].guessBlocksToCome -= 1
                guessBlocks -= 1
            }
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
