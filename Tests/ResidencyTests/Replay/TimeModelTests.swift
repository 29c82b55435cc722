import Residency
import TestSupport
import Testing

@Suite("Time of a replay")
struct TimeModelTests {
    /// 1 GB/s of disk after 1 ms, weights at 10 GB/s; an expert of 2 MB reads in 2 ms and computes in 0.2 ms.
    private static func machine(latencySeconds: Double = 0.001) -> MachineModel {
        MachineModel(
            disk: MachineModel.Disk(
                latencySeconds: latencySeconds, bytesPerSecond: 1e9, blockBytes: 1_000_000, depth: 64),
            memoryBytesPerSecond: 20e9)
    }

    private static func load(layers: Int, expertBytes: Int = 2_000_000, dense: Double = 0) -> ModelLoad {
        ModelLoad(
            expertBytes: Array(repeating: expertBytes, count: layers), expertsPerToken: 4,
            denseBytesPerLayer: dense, outputBytes: 0, positionBytesPerLayer: 0, weightShare: 0.5,
            positionShare: 1, rowBytesPerSecond: 100e9)
    }

    private static func isNear(_ value: Double, _ expected: Double) -> Bool {
        // Sums of a few hundred terms.
        abs(value - expected) <= 1e-9 * max(abs(expected), 1e-6)
    }

    /// What a step of one row comes to whose layers ask for so many experts, miss some and were guessed at.
    private static func step(
        _ model: TimeModel, _ layers: [(requests: Int, misses: Int, foresight: Foresight)]
    ) -> StepTimes {
        var model = model
        for (layer, asked) in layers.enumerated() {
            model.event(
                layer: layer, rows: 1, requests: asked.requests, misses: asked.misses,
                foresight: asked.foresight)
        }
        model.endStep(rows: 1, phase: .decode)
        return model.decode
    }

    @Test("computes the experts in memory while the others come, and each as it arrives")
    func oneLayer() {
        var model = TimeModel(machine: Self.machine(), load: Self.load(layers: 1), guessAreas: 0)
        model.event(layer: 0, rows: 1, requests: 4, misses: 2, foresight: Foresight())
        model.endStep(rows: 1, phase: .decode)
        // Two compute until 0.4 ms; one arrives at 3 ms, the other at 5 ms, and computes until 5.2 ms.
        let times = model.decode
        #expect(Self.isNear(times.total, 5.2e-3))
        #expect(Self.isNear(times.compute, 0.8e-3))
        #expect(Self.isNear(times.stall, 4.4e-3))
        #expect(Self.isNear(times.disk, 4e-3))
        #expect(times.tokensPerSecond.map { Self.isNear($0, 1 / 5.2e-3) } ?? false)
        #expect(model.prefill == StepTimes())
    }

    @Test("does not wait for a disk that is faster than the experts in memory compute")
    func hiddenReads() {
        var model = TimeModel(
            machine: Self.machine(latencySeconds: 0), load: Self.load(layers: 1, dense: 0), guessAreas: 0)
        // 15 in memory compute for 3 ms, the last one arrives after 2.
        model.event(layer: 0, rows: 1, requests: 16, misses: 1, foresight: Foresight())
        model.endStep(rows: 1, phase: .decode)
        #expect(Self.isNear(model.decode.total, 3.2e-3))
        #expect(model.decode.stall < 1e-12)
        #expect(Self.isNear(model.decode.overlap, 2e-3))
        #expect(model.decode.criticalDisk == 0)
    }

    @Test("reads what was foreseen behind the attention of the next layer")
    func foreseen() {
        // Attention of 40 MB takes 4 ms.
        let model = TimeModel(machine: Self.machine(), load: Self.load(layers: 2, dense: 40e6), guessAreas: 2)
        let decode = Self.step(model, [(4, 0, Foresight()), (4, 2, Foresight(right: 2))])
        // Known at 4 ms, computed until 4.8; known at 8.8 ms. Guesses begin at 4 ms, the first comes at 7, of
        // the other 1.8 of 2 ms: three compute until 9.4, the fourth from 10 on, behind a latency.
        #expect(Self.isNear(decode.total, 10.2e-3))
        #expect(Self.isNear(decode.stall, 0.6e-3))
    }

    @Test("begins no more reads than there are places for guesses")
    func guessAreas() {
        let model = TimeModel(machine: Self.machine(), load: Self.load(layers: 2, dense: 40e6), guessAreas: 1)
        let decode = Self.step(model, [(4, 0, Foresight()), (4, 2, Foresight(right: 2))])
        // One came at 7 ms; the other, asked for at 8.8, comes at 11.8 and computes until 12.
        #expect(Self.isNear(decode.total, 12e-3))
    }

    @Test("what is under way of a wrong guess comes in front of what is asked for, and no more of it")
    func wrongGuess() {
        // An expert of 10 MB reads in 10 ms and computes in 1; 2.62 MB of a guess are under way at a time.
        let load = Self.load(layers: 2, expertBytes: 10_000_000, dense: 40e6)
        var guess = Foresight()
        guess.append(isRight: false)
        let model = TimeModel(machine: Self.machine(), load: load, guessAreas: 2)
        let decode = Self.step(model, [(4, 0, Foresight()), (1, 1, guess)])
        // Known at 4 ms, computed until 8; known at 12 ms, when 7 of 10 ms are read: behind 1 ms 2.62 still
        // come, and then 10.
        let wasted = 7e-3 + Double(ReadAheadRule.bytesAlone) / 1e9
        #expect(Self.isNear(decode.total, 13e-3 + wasted - 7e-3 + 10e-3 + 1e-3))
        #expect(Self.isNear(decode.disk, wasted + 10e-3))
    }

    @Test("reads ahead for the layer after one that reads nothing")
    func horizon() {
        let model = TimeModel(machine: Self.machine(), load: Self.load(layers: 3, dense: 10e6), guessAreas: 2)
        let decode = Self.step(
            model, [(4, 0, Foresight()), (4, 0, Foresight()), (1, 1, Foresight(right: 1))])
        // Known at 1, 2.8 and 4.6 ms. The guess begins at 1 ms and comes at 4.
        #expect(Self.isNear(decode.total, 4.8e-3))
    }

    @Test("a step takes at least what computing takes and what its reads add however well they are hidden")
    func hiddenReadsAddTime() {
        var machine = Self.machine(latencySeconds: 0)
        machine.readOverheadSecondsPerByte = 0.1e-9
        // 15 in memory compute for 3 ms, the last one arrives after 2 and computes for 0.2; reading takes 0.2
        // ms of processors besides, or 1 ms at least.
        for (perByte, seconds) in [(0.05e-9, 3.4e-3), (0.5e-9, 4.2e-3)] {
            machine.hiddenReadSecondsPerByte = perByte
            let model = TimeModel(machine: machine, load: Self.load(layers: 1), guessAreas: 0)
            let decode = Self.step(model, [(16, 1, Foresight())])
            #expect(Self.isNear(decode.total, seconds))
        }
    }

    @Test("uses of the idle time only the share that reading ahead gets")
    func readAheadShare() {
        var machine = Self.machine()
        machine.disk.readAheadShare = 0.5
        let model = TimeModel(machine: machine, load: Self.load(layers: 2, dense: 40e6), guessAreas: 1)
        let decode = Self.step(model, [(4, 0, Foresight()), (1, 1, Foresight(right: 1))])
        // Half of the 4.8 ms: 1 for the latency and 1.4 of 2 for the bytes; 0.6 are left at 8.8 ms, behind
        // another latency.
        #expect(Self.isNear(decode.total, 10.6e-3))
    }

    @Test("adds overhead, context and output, and begins a text without context")
    func fixedParts() {
        var machine = Self.machine()
        machine.layerOverheadSeconds = 1e-4
        machine.stepOverheadSeconds = 1e-3
        machine.readOverheadSecondsPerByte = 1
        var load = Self.load(layers: 1)
        load.outputBytes = 10e6
        load.positionBytesPerLayer = 20_000
        var model = TimeModel(machine: machine, load: load, guessAreas: 0)
        for _ in 0..<2 {
            model.beginStep(context: 0)
            model.event(layer: 0, rows: 3, requests: 12, misses: 0, foresight: Foresight())
            model.endStep(rows: 3, phase: .prefill)
            model.beginStep(context: 3)
            model.event(layer: 0, rows: 1, requests: 4, misses: 0, foresight: Foresight())
            model.endStep(rows: 1, phase: .decode)
        }
        // Three positions of 20 kB at 20 GB/s, four experts, 1 ms of output.
        let step = 3e-6 + 0.8e-3 + 1e-3
        #expect(Self.isNear(model.decode.compute, 2 * step))
        #expect(Self.isNear(model.decode.overhead, 2 * 1.1e-3))
        #expect(model.decode.steps == 2)
        #expect(model.prefill.rows == 6)
    }

    @Test("texts do not add up: eight take as long for a token as the first one alone", arguments: [1, 4])
    func severalTexts(streams: Int) throws {
        let shape = TraceShape(numbering: ExpertNumbering(layerCount: 1, expertCount: 4), expertsPerToken: 4)
        var load = Self.load(layers: 1)
        // A hundred positions take as long as the experts.
        load.positionBytesPerLayer = 160_000
        func secondsPerToken(texts: UInt32) throws -> Double {
            var trace = Residency.RoutingTrace(shape: shape, hasWeights: false)
            for (step, place) in (0..<texts * 100).enumerated() {
                let row = TraceRow(
                    sequence: place / 100, position: place % 100, step: UInt32(step), token: nil,
                    phase: .decode)
                trace.append(row, experts: [0, 1, 2, 3])
            }
            let events = ReplayEvents([trace], streams: streams)
            // All experts of the layer have a slot, and are read once.
            let job = ReplayJob.alone(try PolicyRegistry.parse("lru"), .global(4, shape.numbering))
            let machine = Self.machine()
            let outcomes = job.run(
                events, [.none], observer: { _, _ in TimeModel(machine: machine, load: load) },
                goOn: { _ in true })
            let times = try #require(outcomes?.first?.observers.first?.decode)
            return (times.total - times.stall) / Double(times.rows)
        }
        let (one, eight) = (try secondsPerToken(texts: 1), try secondsPerToken(texts: 8))
        #expect(Self.isNear(one, 0.8e-3 + 49.5 * 8e-6))
        #expect(Self.isNear(eight, one))
    }

    @Test("reading takes processor time, in which the disk reads ahead")
    func waiting() {
        var machine = Self.machine()
        let load = Self.load(layers: 2)
        machine.readOverheadSecondsPerByte = 3e-3 / Double(load.expertBytes[0])
        var model = TimeModel(machine: machine, load: load, guessAreas: 1)
        model.event(layer: 0, rows: 1, requests: 1, misses: 1, foresight: Foresight())
        model.event(layer: 1, rows: 1, requests: 1, misses: 1, foresight: Foresight(right: 1))
        model.endStep(rows: 1, phase: .decode)
        // There at 3 ms, done at 3.2, on the way again at 6.2; what was begun at 3 ms came at 6, done at 6.4.
        #expect(Self.isNear(model.decode.total, 9.4e-3))
        #expect(Self.isNear(model.decode.overhead, 6e-3))
    }

    @Test("reads an expert once for all rows of a prompt, and computes it for each row that chose it")
    func prefill() {
        var model = TimeModel(machine: Self.machine(), load: Self.load(layers: 1, dense: 1e6), guessAreas: 2)
        // 80 rows choose 4 of 8 experts, 40 each: 0.8 ms instead of 0.2; the dense part 0.8 instead of 0.1.
        model.event(layer: 0, rows: 80, requests: 8, misses: 8, foresight: Foresight(right: 3))
        model.endStep(rows: 80, phase: .prefill)
        // All arrive 2 ms apart from 3 ms on; the last one computes until 17.8 ms.
        #expect(Self.isNear(model.prefill.total, 0.8e-3 + 17.8e-3))
        #expect(Self.isNear(model.prefill.compute, 0.8e-3 + 8 * 0.8e-3))
        #expect(model.decode == StepTimes())
    }

    @Test("agrees with a simulation event by event of small random steps", arguments: 0..<4)
    func simulation(seed: UInt64) {
        var generator = SeededGenerator(seed: 100 + seed)
        for round in 0..<500 {
            let front = Double.random(in: 0...8, using: &generator)
            let layers = (0..<Int.random(in: 1...5, using: &generator)).map { index in
                let requests = Int.random(in: 1...6, using: &generator)
                var layer = StepSimulation.Layer(
                    front: front, requests: requests,
                    misses: Int.random(in: 0...requests, using: &generator))
                if index > 0 { layer.guesses = Self.guesses(layer.misses, using: &generator) }
                return layer
            }
            // What is under way for nobody is half an expert: more than comes within a latency.
            let blocks = 2 * Int.random(in: 8...12, using: &generator)
            let block = Double.random(in: 0.01...0.1, using: &generator)
            let simulation = StepSimulation(
                latency: Double.random(in: 0...Double(blocks / 2 - 1), using: &generator) * block,
                blockSeconds: block, blocksPerExpert: blocks, depth: 1000, guessDepth: blocks / 2,
                computeSeconds: Double.random(in: 0.1...4, using: &generator))
            let times = Self.times(layers, simulation)
            let expected = simulation.run(layers)
            // A wrong guess is called off between two blocks, and a block under way begins anew, neither of
            // which the closed form knows of.
            let guesses = layers.reduce(0) { $0 + $1.guesses.count }
            let tolerance = Double(guesses) * block + 1e-9 * expected
            #expect(
                abs(times.total - expected) <= tolerance,
                "seed \(100 + seed), round \(round): \(times.total), not \(expected); \(layers)")
        }
    }

    /// Some of `misses`, and others, in any order.
    private static func guesses(_ misses: Int, using generator: inout SeededGenerator) -> Foresight {
        var foresight = Foresight()
        var right = Int.random(in: 0...misses, using: &generator)
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let isRight = right > 0 && Bool.random(using: &generator)
            foresight.append(isRight: isRight)
            if isRight { right -= 1 }
        }
        return foresight
    }

    @Test("is within a latency and a block of a burst of few reads at a time", arguments: 1...4)
    func shallow(depth: Int) {
        for (latency, blocks, misses) in [(3.0, 4, 5), (0.5, 2, 8), (8, 1, 3)] {
            let simulation = StepSimulation(
                latency: latency, blockSeconds: 1, blocksPerExpert: blocks, depth: depth,
                computeSeconds: 1e-3)
            let layers = [StepSimulation.Layer(front: 1, requests: misses, misses: misses)]
            let difference = Self.times(layers, simulation).total - simulation.run(layers)
            #expect(abs(difference) <= latency + 1, "\(difference) s with \(latency), \(blocks), \(misses)")
        }
    }

    @Test("the band is what times would be with a disk and a processor that are slower or faster")
    func band() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<50 {
            let layers = (0..<4).map { _ in
                StepSimulation.Layer(
                    front: 1, requests: 4, misses: Int.random(in: 0...4, using: &generator))
            }
            func times(_ slower: Double) -> StepTimes {
                Self.times(
                    layers,
                    StepSimulation(
                        latency: slower, blockSeconds: 0.7 * slower, blocksPerExpert: 2, depth: 1000,
                        computeSeconds: 0.5))
            }
            let spread = MachineModel.Spread(compute: 0, disk: 1e-4)
            guard let band = times(1).relativeBand(spread) else {
                Issue.record("no band")
                return
            }
            // The square of the change is a hundred millionth.
            #expect(abs(times(1.0001).total / times(1).total - 1 - band) < 1e-7)
        }
    }

    /// The same step by the model: an expert has twice the bytes that are read ahead at a time, and speeds
    /// follow from its times.
    private static func times(_ layers: [StepSimulation.Layer], _ simulation: StepSimulation) -> StepTimes {
        let unit = 2 * ReadAheadRule.bytesAlone
        let readSeconds = simulation.blockSeconds * Double(simulation.blocksPerExpert)
        let machine = MachineModel(
            disk: MachineModel.Disk(
                latencySeconds: simulation.latency, bytesPerSecond: Double(unit) / readSeconds,
                blockBytes: unit / simulation.blocksPerExpert, depth: simulation.depth),
            memoryBytesPerSecond: Double(unit) / simulation.computeSeconds)
        var load = load(layers: layers.count, expertBytes: unit)
        load.weightShare = 1
        load.denseBytesPerLayer = (layers.first?.front ?? 0) / simulation.computeSeconds * Double(unit)
        return step(
            TimeModel(machine: machine, load: load, guessAreas: .max),
            layers.map { ($0.requests, $0.misses, $0.guesses) })
    }
}
