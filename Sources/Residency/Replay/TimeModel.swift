/// Turns what a replay hits and misses into seconds, the way in which the engine goes about it.
///
/// A layer computes attention and router, and then knows its experts. All that are missing are read together,
/// those that are there compute meanwhile, and each that arrives computes when the one before is done. From
/// the last arrival on, the disk reads ahead what the next layer was foreseen to miss, and where that misses
/// nothing, the layer after it. What is not there in time goes on in front of the next layer's other reads,
/// and so does what is under way of a wrong guess. A step of several rows reads each expert once and computes
/// it for all rows that chose it; nothing is read ahead for it. A step takes at least what computing takes
/// and what its reads add however well they are hidden.
///
/// What it leaves out: that a guess may begin beside a demand, and that of two layers ahead less is known
/// than of one. Both are small next to what disks vary by.
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
    /// Reading what is under way at a time for nobody who waits.
    private let guessSeconds: Double
    /// Of the time in which the disk reads, the share that processors lose to it, and what it adds at least.
    private let readOverhead: Double
    private let hiddenRead: Double
    private var guessAreas: Int
    private let weightBytesPerSecond: Double
    private let positionBytesPerSecond: Double
    /// The step under way.
    private var step = StepTimes()
    /// Seconds since nobody waited for the disk, at the end of the layer before, and for how many of them it
    /// was still at wrong guesses.
    private var idleSeconds = 0.0
    private var busySeconds = 0.0
    /// Those before the layer before, where that one left the disk to the next.
    private var earlierSeconds = 0.0
    private var isFirstLayer = true
    /// Positions in front of the step.
    private var context = 0

    /// - Parameter guessAreas: experts that can be read ahead at a time; the engine has room for so many.
    public init(machine: MachineModel, load: ModelLoad, guessAreas: Int = ReadAheadRule.areas) {
        self.machine = machine
        self.load = load
        self.guessAreas = guessAreas
        let weightRate = machine.memoryBytesPerSecond * load.weightShare
        weightBytesPerSecond = weightRate
        positionBytesPerSecond = machine.memoryBytesPerSecond * load.positionShare
        let burst = machine.disk.burstBytesPerSecond
        readSeconds = load.expertBytes.map { Double($0) / burst }
        computeSeconds = load.expertBytes.map { Double($0) / weightRate }
        guessSeconds = Double(ReadAheadRule.bytesAlone) / burst
        readOverhead = burst * machine.readOverheadSecondsPerByte
        hiddenRead = burst * machine.hiddenReadSecondsPerByte
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
    public mutating func event(layer: Int, rows: Int, requests: Int, misses: Int, foresight: Foresight) {
        let front =
            passSeconds(load.denseBytesPerLayer, rows: Double(rows))
            + Double(context) * load.positionBytesPerLayer / positionBytesPerSecond
        let isAlone = rows == 1
        let compute = isAlone ? computeSeconds[layer] : sharedSeconds(layer, rows: rows, experts: requests)
        let guesses = isAlone ? foresight.prefix(guessAreas) : Foresight()
        let window = idleSeconds + front + machine.layerOverheadSeconds
        let schedule = ExpertSchedule(
            residents: requests - misses, demands: misses - guesses.rightCount,
            ahead: ExpertSchedule.ReadAhead(
                guesses: guesses, windowSeconds: (window + earlierSeconds) * machine.disk.readAheadShare,
                busySeconds: busySeconds),
            rates: ExpertSchedule.Rates(
                readSeconds: readSeconds[layer], computeSeconds: compute,
                latencySeconds: machine.disk.latencySeconds, guessSeconds: guessSeconds))
        let all = Double(requests) * compute
        step.compute += front + all
        step.overhead += machine.layerOverheadSeconds
        step.stall += max(schedule.finish - all, 0)
        let disk = Double(misses) * readSeconds[layer] + schedule.wastedSeconds
        step.disk += disk
        let reading = disk * readOverhead
        step.overhead += reading
        step.criticalDisk += schedule.criticalDisk
        let isIdle = misses == 0 && guesses.count == 0
        if !isIdle {
            busySeconds = schedule.diskEnd - schedule.lastArrival
        } else if earlierSeconds > 0 {
            busySeconds = 0
        }
        earlierSeconds = isIdle && !isFirstLayer ? window : 0
        idleSeconds = schedule.finish - schedule.lastArrival + reading
        isFirstLayer = false
    }

    /// The step's output, and its time to the phase's.
    public mutating func endStep(rows: Int, phase: TraceRow.Phase) {
        step.compute += load.outputBytes / weightBytesPerSecond
        step.overhead += machine.stepOverheadSeconds
        // However its reads are hidden, they take what they take.
        step.overhead += max(step.disk * (hiddenRead - readOverhead) - step.stall, 0)
        step.steps = 1
        step.rows = rows
        switch phase {
        case .prefill: prefill += step
        case .decode: decode += step
        }
        step = StepTimes()
        (idleSeconds, busySeconds, earlierSeconds, isFirstLayer) = (0, 0, 0, true)
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
