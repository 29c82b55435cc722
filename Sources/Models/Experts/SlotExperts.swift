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
    private(set) var meter = RegretMeter()
    /// When the last step of one row began; nil after another one.
    private var lastStep: UInt64?
    /// Tokens computed so far, the clock of the cache.
    private var nextTick = 0
    private var tick = 0
    /// Layers that are looked ahead at most: a third one gained nothing.
    static var horizon: Int { 2 }

    /// - Parameter graph: has the experts as views of the file, which give formats and sizes.
    init(
        _ graph: ModelGraph, slots: ExpertSlots, maximumRows: Int, predictor: StaleRouter?
    ) {
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
            tick = nextTick
            nextTick += input.routing.rows
            noteStep(rows: input.routing.rows)
            if context.batch.slices.contains(where: { $0.firstPosition == 0 }) { slots.cache.beginSequence() }
        }
        slots.begin(layer: layer, tick: tick)
        let count = list(input.routing, expertCount: experts.experts.count)
        var work = ExpertWork(
            experts, order: order, input: input.rows, expertsPerToken: expertsPerToken,
            hiddenSize: hiddenSize, context: context)
        var isDone = false
        do throws(ExpertStorageError) {
            if count <= slots.capacity {
                request(0..<count)
                slots.endGuesses()
                lookAhead(input, layer: layer, context: context)
                isDone = try runTogether(count, experts, &work, unless: isCancelled)
            } else {
                isDone = try runInTurn(count, experts, &work, unless: isCancelled)
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
    private func lookAhead(_ input: ExpertInput, layer: Int, context: StepContext) {
        guard let predictor, meter.isOn, input.rows.rows == 1, layer + 1 < predictor.layerCount else {
            return
        }
        for later in layer + 1..<min(layer + 1 + Self.horizon, predictor.layerCount) {
            let next = predictor.predict(layer: later, hidden: input.hidden, context: context)
            context.record?.note(next, place: later, distance: later - layer)
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

    /// Lists the experts that the rows chose: of one row the strongest first, of several the one that most
    /// rows chose.
    private func list(_ routing: Routing, expertCount: Int) -> Int {
        var count = 0
        if routing.rows == 1 {
            while count < expertsPerToken {
                slots.set(count, expert: routing.expert(row: 0, rank: count))
                count += 1
            }
            return count
        }
        for expert in 0..<expertCount where !order.choices(of: expert).isEmpty {
            slots.set(count, expert: expert)
            var position = count
            // Insertion: a few hundred experts, next to the products of hundreds of rows.
            while position > 0 && uses(position - 1) < uses(position) {
                slots.swap(position - 1, position)
                position -= 1
            }
            count += 1
        }
        return count
    }

    /// Rows that chose the expert at `position`.
    private func uses(_ position: Int) -> Int { order.choices(of: slots.expert(position)).count }

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
                if isReading, uses(position) > 1 {
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

    /// More experts than slots: first those in memory, then the others as slots become free, each group with
    /// the most wanted first.
    ///
    /// Experts are computed in the order in which they were asked for, so that who leaves does not depend on
    /// how fast reads end.
    private func runInTurn(
        _ count: Int, _ experts: LayerExperts, _ work: inout ExpertWork, unless isCancelled: () -> Bool
    ) throws(ExpertStorageError) -> Bool {
        var requested = moveResidentsToFront(count)
        request(0..<requested)
        for position in 0..<count {
            while requested < count && slots.heldCount < slots.capacity {
                request(requested..<requested + 1)
                requested += 1
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

    /// Returns how many they are.
    private func moveResidentsToFront(_ count: Int) -> Int {
        var residents = 0
        for position in 0..<count where slots.isResident(position) {
            var place = position
            while place > residents {
                slots.swap(place - 1, place)
                place -= 1
            }
            residents += 1
        }
        return residents
    }

    private func request(_ positions: Range<Int>) {
        slots.request(positions)
        for position in positions where uses(position) > 1 {
            slots.countUses(position, uses(position) - 1)
        }
    }

    /// Adds the expert at `position` to the work, which copies nothing: its slot must last until the work was
    /// run.
    private func add(_ position: Int, _ experts: LayerExperts, _ work: inout ExpertWork) {
        work.add(slots.weights(position, of: experts), index: slots.expert(position))
        slots.letGo(position)
    }
}
