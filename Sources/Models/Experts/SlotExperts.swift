public import ExpertStorage
public import Kernels
import Residency

/// Experts that are read from disk into slots when a step needs them.
///
/// The bits of a result do not depend on what was in memory, nor on the order in which reads end: an expert's
/// output is complete by itself, and the sum goes by ranks.
public final class SlotExperts: ExpertRunner {
    private let layers: [LayerExperts?]
    /// Among the layers with experts, the number of each layer of the model.
    private let places: [Int]
    /// Layers with experts.
    private let placeCount: Int
    private let hiddenSize: Int
    private let expertsPerToken: Int
    private let order: ExpertOrder
    let slots: ExpertSlots
    /// Nil where nothing is guessed.
    private let predictor: StaleRouter?
    /// Whether predicting pays.
    private(set) var meter: RegretMeter
    /// When the last step of one row began; nil after another one.
    private var lastStep: UInt64?

    /// - Parameter graph: has the experts as views of the file, which give formats and sizes.
    init(
        _ graph: ModelGraph, slots: ExpertSlots, maximumRows: Int, predictor: StaleRouter?, standsDown: Bool
    ) {
        var trials = RegretMeter.Plan()
        trials.hasTrials = standsDown
        meter = RegretMeter(trials)
        layers = graph.experts
        self.slots = slots
        self.predictor = predictor
        hiddenSize = graph.shape.hiddenSize
        expertsPerToken = max(graph.shape.expertsPerToken, 1)
        var count = 0
        places = layers.map { layer in
            defer { count += layer == nil ? 0 : 1 }
            return count
        }
        placeCount = count
        let expertCount = layers.reduce(0) { max($0, $1?.experts.count ?? 0) }
        order = ExpertOrder(expertCount: expertCount, capacity: maximumRows * expertsPerToken)
    }

    public func scratchElements(rows: Int) -> Int {
        ExpertWork.scratchElements(
            rows: rows, layers: layers, expertsPerToken: expertsPerToken, hiddenSize: hiddenSize)
            + (predictor?.scratchElements ?? 0)
    }

    public func run(
        _ input: ExpertInput, addingTo output: FloatMatrix, context: StepContext,
        unless isCancelled: () -> Bool
    ) throws(ExpertStorageError) -> Bool {
        guard let experts = layers[input.layer] else {
            preconditionFailure("layer \(input.layer) has no experts")
        }
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        order.sort(input.routing)
        let layer = places[input.layer]
        if layer == 0 {
            noteStep(rows: input.routing.rows)
            slots.beginStep(
                rows: input.routing.rows,
                startsText: context.batch.slices.contains { $0.firstPosition == 0 })
        }
        let count = slots.begin(layer: layer, input.routing)
        var work = ExpertWork(
            experts, order: order, input: input.rows, expertsPerToken: expertsPerToken,
            hiddenSize: hiddenSize, context: context)
        var isDone = false
        do throws(ExpertStorageError) {
            if slots.isTogether {
                slots.request()
                slots.endGuesses()
                lookAhead(input, layer: layer, context: context)
                isDone = try runTogether(count, experts, &work, unless: isCancelled)
            } else {
                isDone = try runInTurn(count, experts, &work, unless: isCancelled) {
                    slots.endGuesses()
                    lookAhead(input, layer: layer, context: context)
                }
            }
        } catch {
            slots.abandon(count: count)
            throw error
        }
        guard isDone else {
            slots.abandon(count: count)
            return false
        }
        if layer + 1 == placeCount { try slots.checkFiles() }
        if let record = context.record {
            for position in 0..<count {
                record.note(slots.residency(position), of: slots.expert(position))
            }
            record.endLayer(input.routing, layer: input.layer, bytesRead: slots.reads.bytes)
        }
        work.finish(input.routing, addingTo: output)
        return true
    }

    /// A step begins: the one before, if both are of one row, took the time between.
    private func noteStep(rows: Int) {
        let now = monotonicNanoseconds()
        if rows == 1, let lastStep, predictor != nil { meter.record(nanoseconds: Int(now - lastStep)) }
        lastStep = rows == 1 ? now : nil
    }

    /// Reads ahead what the next layer will probably choose, behind everything that this one waits for; where
    /// all of that is there already, of the layer after it.
    ///
    /// Of several rows it follows the last: what one row chooses, all of them together need, so such a guess
    /// is right as often as one about a single row, and seldom for that row alone.
    private func lookAhead(_ input: ExpertInput, layer: Int, context: StepContext) {
        let rows = input.rows.rows
        guard let predictor, rows > 1 || meter.isOn, layer + 1 < predictor.layerCount else { return }
        let horizon = rows > 1 ? 1 : ReadAheadRule.horizon
        for later in layer + 1..<min(layer + 1 + horizon, predictor.layerCount) {
            let next = predictor.predict(
                layer: later, hidden: input.hidden.slice(rows: rows - 1..<rows), context: context)
            if rows == 1 { context.record?.note(next, place: later, distance: later - layer) }
            var isGap = false
            for rank in 0..<next.expertsPerToken {
                let expert = next.expert(row: 0, rank: rank)
                if !slots.isPresent(layer: later, expert: expert) { isGap = true }
                if !slots.guess(layer: later, expert: expert) { break }
            }
            if isGap { break }
        }
        slots.pump()
    }

    public func tend() { slots.pump() }

    /// All experts have a slot: those in memory are computed while the others are read.
    private func runTogether(
        _ count: Int, _ experts: LayerExperts, _ work: inout ExpertWork, unless isCancelled: () -> Bool
    ) throws(ExpertStorageError) -> Bool {
        var done = 0
        while true {
            let before = done
            let isReading = slots.isWaiting
            for position in 0..<count where slots.isReady(position) {
                add(position, experts, &work)
                done += 1
                // Of several rows an expert takes long: the next reads start in between.
                if isReading, slots.rowCount(position) > 1 {
                    work.run()
                    try slots.poll(waiting: false)
                }
            }
            if done > before { work.run() }
            if done == count { return true }
            if isCancelled() { return false }
            try slots.poll(waiting: done == before)
        }
    }

    /// More experts than slots: computed in the order in which they were asked for, as slots become free.
    ///
    /// - Parameter allAsked: is called once when nothing of the layer is left to ask for.
    private func runInTurn(
        _ count: Int, _ experts: LayerExperts, _ work: inout ExpertWork, unless isCancelled: () -> Bool,
        allAsked: () -> Void
    ) throws(ExpertStorageError) -> Bool {
        var isTold = false
        for position in 0..<count {
            while slots.request() {}
            if !isTold, slots.isAllAsked {
                isTold = true
                allAsked()
            }
            while !slots.isReady(position) {
                if isCancelled() { return false }
                try slots.poll(waiting: true)
            }
            add(position, experts, &work)
            work.run()
            if isCancelled() { return false }
            try slots.poll(waiting: false)
        }
        return true
    }

    /// Adds the expert at `position` to the work, which copies nothing: its slot must last until the work was
    /// run.
    private func add(_ position: Int, _ experts: LayerExperts, _ work: inout ExpertWork) {
        work.add(slots.weights(position, of: experts), index: slots.expert(position))
        slots.letGo(position)
    }
}
