public import ExpertStorage
public import Kernels
public import ModelFiles
public import Residency

/// A loaded model: turns batches of tokens into logits.
///
/// Holds the mapped file, the graph and the memory of a step. Not Sendable: one engine thread owns it.
public final class LanguageModel {
    /// What the user decides about a model's memory and threads.
    public struct Options: Sendable {
        /// Threads that compute, the engine thread included.
        public var threadCount: Int
        /// Threads of steps of several rows; nil for as many as for one.
        public var prefillThreadCount: Int?
        /// Rows of the largest step; prefill goes in chunks of this many tokens.
        public var maximumRows: Int
        /// Positions that sequences can have; rotary tables are built this long.
        public var contextCapacity: Int
        /// How keys and values of the KV cache are stored.
        public var cacheElement: CacheElement
        /// How experts are kept and read; nil where the whole model is mapped.
        public var streaming: StreamingOptions?
        /// Whether what each step chose is noted, in `stepRecord`.
        public var recordsSteps = false
        /// Layers ahead for which choices are predicted only to be noted, besides what streaming predicts.
        public var recordedDistances = 0

        public init(threadCount: Int, maximumRows: Int, contextCapacity: Int, cacheElement: CacheElement) {
            self.threadCount = threadCount
            self.maximumRows = maximumRows
            self.contextCapacity = contextCapacity
            self.cacheElement = cacheElement
        }
    }

    /// The mapped file that the weights are views of.
    public let file: ModelFile
    /// The sizes of the model.
    public let shape: ModelShape
    /// What it was loaded with.
    public let options: Options
    /// Bytes of weights that were repacked into memory of their own, because no kernel reads the file's
    /// layout.
    public let copiedWeightBytes: Int
    /// What the last step chose; nil where nobody wants it, or the model has no experts.
    public let stepRecord: StepRecord?
    private let step: Step
    private let logitStorage: FloatBuffer
    private let stateShapes: [LayerStateShape]
    private let longLength: Int?

    /// The step, specialised for the way in which experts come into memory.
    private enum Step {
        case mapped(ForwardStep<MappedExperts>)
        case slots(ForwardStep<SlotExperts>)
    }

    /// Rows whose logits are computed at once.
    public static let maximumLogitRows = 16

    /// Binds the model in `file` and allocates the memory of a step; with streaming, reads what every token
    /// needs into memory.
    ///
    /// - Parameter progress: gets the bytes of weights read so far, and how many there are.
    /// - Throws: `ModelFileError` for an unknown architecture, a missing tensor or key, or a wrong shape;
    ///   `ExpertStorageError` for experts that cannot be streamed.
    public convenience init(
        file: ModelFile, options: Options, progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        try self.init(file: file, options: options, progress: progress) {
            (reading, paths) throws(ExpertStorageError) in try reading.open(paths)
        }
    }

    /// The same with a way of its own to open the files that experts are read from.
    package init(
        file: ModelFile, options: Options, progress: (Int, Int) -> Void = { _, _ in },
        open: (ReadPlan, [String]) throws(ExpertStorageError) -> OpenedDevice
    ) throws {
        var file = file
        var extents: ExpertExtents?
        if options.streaming != nil {
            let needs = try ModelNeeds(file: file)
            guard let found = needs.extents else {
                throw ExpertStorageError(.notStreamable, path: file.path)
            }
            let total = needs.residentTensors.reduce(0) { $0 + $1.byteCount }
            file = try file.copying(needs.residentTensors) { progress($0, total) }
            if let embedding = needs.embeddingByRow { file.expectReadsByRow(of: embedding) }
            extents = found
        }
        let graph = try ArchitectureRegistry.graph(of: file, contextCapacity: options.contextCapacity)
        self.file = file
        self.options = options
        shape = graph.shape
        stateShapes = graph.layers.map(\.mixer.stateShape)
        longLength = graph.originalContextLength
        copiedWeightBytes = graph.ownedWeights.reduce(0) { $0 + $1.byteCount }
        logitStorage = FloatBuffer(count: Self.maximumLogitRows * graph.shape.vocabularySize)
        let record = StepRecord(graph, options)
        stepRecord = record
        if let extents, let streaming = options.streaming {
            let device = try open(streaming.reading, file.diskPaths)
            let experts = SlotExperts(
                graph, slots: try ExpertSlots(extents, device, options: streaming),
                maximumRows: options.maximumRows,
                predictor: streaming.guessAreas > 0 ? StaleRouter(graph) : nil,
                standsDown: streaming.standsDown)
            step = .slots(Self.step(graph, experts, options, record))
        } else {
            guard !file.hasSplitRecords else { throw ExpertStorageError(.splitRecords, path: file.path) }
            let experts = MappedExperts(
                layers: graph.experts, hiddenSize: graph.shape.hiddenSize,
                expertsPerToken: max(graph.shape.expertsPerToken, 1), maximumRows: options.maximumRows)
            step = .mapped(Self.step(graph, experts, options, record))
        }
    }

    private static func step<Experts: ExpertRunner>(
        _ graph: ModelGraph, _ experts: Experts, _ options: Options, _ record: StepRecord?
    ) -> ForwardStep<Experts> {
        ForwardStep(
            graph: graph, experts: experts,
            compute: Compute(pool: ThreadPool(threadCount: options.threadCount)),
            prefillCompute: options.prefillThreadCount.map { Compute(pool: ThreadPool(threadCount: $0)) },
            record: record, maximumRows: options.maximumRows)
    }

    /// Creates an empty sequence of at most `capacity` positions.
    public func makeSequence(capacity: Int) -> SequenceState {
        precondition(
            capacity <= options.contextCapacity, "\(capacity) positions exceed \(options.contextCapacity)")
        return SequenceState(
            shapes: stateShapes, capacity: capacity, element: options.cacheElement, longLength: longLength)
    }

    /// Runs the rows of `batch` and advances their sequences. Allocates: none. Runs on: engine thread.
    ///
    /// - Throws: for experts that cannot be read; the sequences are as after a stop.
    public func forward(_ batch: Batch) throws(ExpertStorageError) { _ = try forward(batch) { false } }

    /// The same, but stops between two halves of a layer, or while it waits for experts, once `isCancelled`
    /// says so.
    ///
    /// - Parameter layerDone: is told the number of every layer that was computed.
    /// - Returns: whether it ran to its end. Otherwise the sequences have the lengths that they had, but one
    ///   that `isRecurrent` must be reset, and there are no logits.
    public func forward(
        _ batch: Batch, unless isCancelled: () -> Bool, layerDone: (Int) -> Void = { _ in }
    ) throws(ExpertStorageError) -> Bool {
        switch step {
        case .mapped(let step): step.run(batch, unless: isCancelled, layerDone: layerDone)
        case .slots(let step): try step.run(batch, unless: isCancelled, layerDone: layerDone)
        }
    }

    /// The way in which experts are read, which may be another than was asked for; nil where the whole model
    /// is mapped.
    public var readMethod: ReadMethod? { slots?.method }

    /// Bytes of expert slots that were given back to the system.
    public var givenBackSlotBytes: Int {
        guard case .slots(let step) = step else { return 0 }
        return step.experts.slots.givenBackBytes
    }

    /// Returns about so many bytes of expert slots to the system; each layer keeps what a token chooses of
    /// it. Results do not change. Runs on: engine thread, between two steps.
    public func giveBackSlots(byteCount: Int) {
        guard case .slots(let step) = step else { return }
        step.experts.slots.giveBack(byteCount: byteCount, leastPerLayer: max(shape.expertsPerToken, 1))
    }

    /// Uses at most so many bytes of the slots again that were given back.
    public func takeBackSlots(byteCount: Int) {
        guard case .slots(let step) = step else { return }
        step.experts.slots.takeBack(byteCount: byteCount)
    }

    /// Whether reading ahead paid; nil where nothing is read ahead.
    public var prefetchReport: RegretMeter.Report? {
        guard case .slots(let step) = step, options.streaming.map({ $0.guessAreas > 0 }) ?? false else {
            return nil
        }
        return step.experts.meter.report
    }

    /// What streaming did so far; nil where the whole model is mapped.
    public var streamingCounters: StreamingCounters? { slots.map { StreamingCounters($0) } }

    /// The experts in memory; nil where the whole model is mapped.
    package var slots: ExpertSlots? {
        guard case .slots(let step) = step else { return nil }
        return step.experts.slots
    }

    /// The logits of `rows` of the last batch [rows, vocabularySize], valid until the next call.
    ///
    /// - Precondition: at most `maximumLogitRows` rows. Allocates: none. Runs on: engine thread.
    public func logits(rows: Range<Int>) -> FloatMatrix {
        precondition(
            rows.count <= Self.maximumLogitRows, "\(rows.count) rows exceed \(Self.maximumLogitRows)")
        let logits = logitStorage.matrix(rows: rows.count, columns: shape.vocabularySize)
        switch step {
        case .mapped(let step): step.logits(rows: rows, into: logits)
        case .slots(let step): step.logits(rows: rows, into: logits)
        }
        return logits
    }
}
