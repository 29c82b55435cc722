/// Turns what a replay hits and misses into seconds, the way in which the engine goes about it.
///
/// A layer computes attention and router, and then knows its experts. All that are missing are read together,
/// those that are there compute meanwhile, and each that arrives computes when the one before is done. From
/// the last arrival on, the disk reads ahead what the next layer was foreseen to miss; what is not there in
/// time goes on in front of the next layer's other reads. A step of several rows reads each expert once and
/// computes it for all rows that chose it; nothing is read ahead for it.
///
/// What it leaves out: guesses that are wrong, and that a guess may begin beside a demand. Both are small
/// next to what disks vary by.
///
/// Cost: a few additions and comparisons for an event, whatever it reads. Allocates: once.
public struct TimeModel: ReplayObserver, Sendable {
    /// Steps of given tokens.
    public private(set) var prefill = StepTimes()
    /// Steps of generated ones.
    public private(set) var decode = StepTimes()
    /// The machine.
    public let machine: MachineModel
    private let load: ModelLoad
    /// Of each layer, seconds for reading an expert, and for computing it for one row.
    private let readSeconds: [Double]
    private let computeSeconds: [Double]
    /// Processor time that reading an expert takes.
    private let readOverheadSeconds: [Double]
    private var guessAreas: Int
    private let weightBytesPerSecond: Double
    private let positionBytesPerSecond: Double
    /// The step under way.
    private var step = StepTimes()
    /// Seconds since the disk had nothing to do, at the end of the layer before.
    private var idleSeconds = 0.0
    /// Positions in front of the step.
    private var context = 0

    /// - Parameter guessAreas: experts that can be read ahead at a time; the engine has room for two.
    public init(machine: MachineModel, load: ModelLoad, guessAreas: Int = 2) {
        self.machine = machine
        self.load = load
        self.guessAreas = guessAreas
        let weightRate = machine.memoryBytesPerSecond * load.weightShare
        weightBytesPerSecond = weightRate
        positionBytesPerSecond = machine.memoryBytesPerSecond * load.positionShare
        let burst = machine.disk.burstBytesPerSecond
        readSeconds = load.expertBytes.map { Double($0) / burst }
        computeSeconds = load.expertBytes.map { Double($0) / weightRate }
        readOverheadSeconds = load.expertBytes.map { Double($0) * machine.readOverheadSecondsPerByte }
    }

    /// The same for an engine that decides about a cache of `shape`: one pool, or less than a token's
    /// choices, leave no room for reading ahead.
    public func deciding(about shape: CacheShape) -> TimeModel {
        var model = self
        let choices = shape.numbering.layerCount * load.expertsPerToken
        if shape.isGlobal || shape.slotCount < choices { model.guessAreas = 0 }
        return model
    }

    /// The positions whose keys and values every layer of the step reads.
    public mutating func beginStep(context: Int) { self.context = context }

    /// A layer of the step: what is in front of its experts, and the experts.
    public mutating func event(layer: Int, rows: Int, requests: Int, misses: Int, foreseen: Int) {
        let front =
            passSeconds(load.denseBytesPerLayer, rows: Double(rows))
            + Double(context) * load.positionBytesPerLayer / positionBytesPerSecond
        let isAlone = rows == 1
        let compute = isAlone ? computeSeconds[layer] : sharedSeconds(layer, rows: rows, experts: requests)
        let guesses = isAlone ? min(foreseen, guessAreas, misses) : 0
        idleSeconds += front + machine.layerOverheadSeconds
        let schedule = ExpertSchedule(
            residents: requests - misses, demands: misses - guesses, guesses: guesses,
            windowSeconds: idleSeconds * machine.disk.readAheadShare, readSeconds: readSeconds[layer],
            computeSeconds: compute, latencySeconds: machine.disk.latencySeconds)
        let all = Double(requests) * compute
        step.compute += front + all
        step.overhead += machine.layerOverheadSeconds
        let reading = Double(misses) * readOverheadSeconds[layer]
        step.overhead += reading
        step.stall += max(schedule.finish - all, 0)
        step.disk += Double(misses) * readSeconds[layer]
        step.criticalDisk += schedule.criticalDisk
        idleSeconds = schedule.finish - schedule.lastArrival + reading
    }

    /// The step's output, and its time to the phase's.
    public mutating func endStep(rows: Int, phase: TraceRow.Phase) {
        step.compute += load.outputBytes / weightBytesPerSecond
        step.overhead += machine.stepOverheadSeconds
        step.steps = 1
        step.rows = rows
        switch phase {
        case .prefill: prefill += step
        case .decode: decode += step
        }
        step = StepTimes()
        idleSeconds = 0
    }

    /// Weights passing once for `rows` rows: bound by memory for few, by arithmetic for many.
    private func passSeconds(_ bytes: Double, rows: Double) -> Double {
        max(bytes / weightBytesPerSecond, rows > 1 ? rows * bytes / load.rowBytesPerSecond : 0)
    }

    /// An expert for its part of the rows.
    private func sharedSeconds(_ layer: Int, rows: Int, experts: Int) -> Double {
        let choices = Double(rows * load.expertsPerToken)
        return passSeconds(Double(load.expertBytes[layer]), rows: choices / Double(max(experts, 1)))
    }
}
