public import ExpertStorage
public import Generation
public import Kernels
public import ModelFiles
public import Models

/// Measures how fast a model computes, while all experts that it needs are in memory and while most are not.
///
/// The same token at the same place again and again chooses the same experts, so a few slots are enough,
/// however large the model; other tokens then miss most of theirs. Takes some seconds. Runs on: any thread,
/// which it keeps.
public struct ComputeProbe {
    /// What the model takes on this machine.
    public struct Result: Sendable {
        /// Seconds of a token without anything in front of it.
        public let tokenSeconds: Double
        /// Seconds that each position in front adds.
        public let positionSeconds: Double
        /// Seconds of a row of a prompt.
        public let rowSeconds: Double
        /// Seconds of a token that misses many experts, without the time in which it waited for bytes; nil
        /// where the model's experts cannot be read one by one.
        public let waitingTokenSeconds: Double?
        /// What the disk delivered to such tokens, and the time in which they waited for or hid it.
        public let streamed: StreamingCounters
        /// What such a token reads.
        public let streamedBytesPerToken: Double
        /// What a byte read added to a token where experts were read ahead and most were in memory, so that
        /// reading could hide behind computing as well as it can; nil where nothing was read.
        public let hiddenReadSecondsPerByte: Double?
        /// What the disk did then.
        public let ahead: StreamingCounters
        /// Half the range of the middle eight tenths of the samples of a token, as a share of their median.
        public let spread: Double
    }

    private static let contexts = [16, 512]
    private static let steps = 40
    /// The first ones bring the experts into memory.
    private static let warmUpSteps = 4
    /// The first ones write to slots whose memory the system has not given yet.
    private static let firstStreamedSteps = 24
    private static let streamedSteps = 64
    /// Places for all of these: in a model with a recurrent layer they cannot be forgotten again.
    private static let growth = warmUpSteps + steps + firstStreamedSteps + streamedSteps
    /// Tokens that are drawn from where most experts are to be read.
    private static let manyTokens = 1 << 20
    /// Where most of them are to be found: seven to nine tenths in the models measured.
    private static let fewTokens = [16, 8, 4]
    private static let longest = Duration.seconds(4)
    private static let chunkRows = 256

    private let file: ModelFile
    private let options: LanguageModel.Options
    /// The same, reading ahead.
    private let aheadOptions: LanguageModel.Options

    /// - Parameters:
    ///   - threadCount: threads that compute.
    ///   - reading: how runs read the model's disk: ways differ in the processor time that they take.
    /// - Throws: as a run of the model, where it does not fit the machine's memory.
    public init(
        file: ModelFile, needs: ModelNeeds, threadCount: Int, element: CacheElement, reading: ReadPlan
    ) throws {
        self.file = file
        let options = LanguageModel.Options(
            threadCount: threadCount, maximumRows: Self.chunkRows,
            contextCapacity: min(Self.contexts[1] + Self.growth, max(needs.shape.contextLength, 2)),
            cacheElement: element)
        var preference = StreamingPreference()
        preference.source = needs.extents == nil ? .automatic : .streamed
        preference.reading = reading
        preference.expertCacheBytes = needs.extents.map { extents in
            2 * needs.shape.expertsPerToken * extents.catalog.slotBytes.reduce(0, +)
        }
        func planned(_ prefetching: StreamingPreference.Prefetching) throws -> LanguageModel.Options {
            preference.prefetching = prefetching
            let plan = MemoryPlan(
                needs: needs, file: file, options: options,
                budgetBytes: MemoryBudget.automatic.resolved(on: MachineMemory.read()),
                preference: preference)
            try plan.check()
            return plan.options
        }
        self.options = try planned(.off)
        aheadOptions = try planned(.always)
    }

    /// - Returns: nil where it was cancelled.
    /// - Throws: what reading the model meets.
    public func run(unless interrupt: CancellationFlag) throws -> Result? {
        guard let samples = try samples(unless: interrupt) else { return nil }
        var ahead: [Streamed] = []
        if aheadOptions.streaming.map({ $0.guessAreas > 0 }) ?? false {
            guard let found = try readingAhead(unless: interrupt) else { return nil }
            ahead = found
        }
        return Self.result(samples, ahead)
    }

    /// Steps without reading ahead.
    private func samples(unless interrupt: CancellationFlag) throws -> Samples? {
        let model = try LanguageModel(file: file, options: options)
        let vocabularySize = model.shape.vocabularySize
        let batch = Batch(capacity: options.maximumRows)
        var resident: [(context: Int, seconds: [Double])] = []
        var rowSeconds: [Double] = []
        for wanted in Self.contexts {
            let context = min(wanted, max(options.contextCapacity - Self.growth, 1))
            let state = model.makeSequence(capacity: options.contextCapacity)
            for start in stride(from: 0, to: context, by: Self.chunkRows) {
                let rows = min(Self.chunkRows, context - start)
                let tokens = (0..<rows).map { TokenID(Int32(Self.noise(start + $0) % vocabularySize)) }
                if interrupt.isCancelled { return nil }
                let seconds = try Self.computing(tokens, batch, state, model)
                rowSeconds.append(seconds / Double(rows))
            }
            let token = TokenID(Int32(Self.noise(context) % vocabularySize))
            guard let seconds = try repeated(token, batch, state, model, interrupt) else { return nil }
            resident.append((context, seconds))
            if wanted == Self.contexts.last {
                guard
                    let waiting = try streamed(
                        tokenCount: Self.manyTokens, batch, state, model, interrupt)
                else { return nil }
                return Samples(resident: resident, rowSeconds: rowSeconds.min() ?? 0, streamed: waiting)
            }
        }
        return nil
    }

    /// Steps of tokens that find most of their experts, while others are read ahead: what their reads could
    /// not hide is no waiting for the disk.
    private func readingAhead(unless interrupt: CancellationFlag) throws -> [Streamed]? {
        let model = try LanguageModel(file: file, options: aheadOptions)
        let batch = Batch(capacity: aheadOptions.maximumRows)
        let state = model.makeSequence(capacity: aheadOptions.contextCapacity)
        batch.append([TokenID(0)], to: state)
        try model.forward(batch)
        var found: [Streamed] = []
        for count in Self.fewTokens {
            guard let streamed = try streamed(tokenCount: count, batch, state, model, interrupt) else {
                return nil
            }
            found.append(streamed)
        }
        return found
    }

    /// What steps take of tokens at the end of `state` that are drawn from `tokenCount`.
    private func streamed(
        tokenCount: Int, _ batch: Batch, _ state: SequenceState, _ model: LanguageModel,
        _ interrupt: CancellationFlag
    ) throws -> Streamed? {
        var seconds: [Double] = []
        let length = state.length
        var before = model.streamingCounters ?? StreamingCounters()
        let clock = ContinuousClock()
        var start = clock.now
        for step in 0..<Self.firstStreamedSteps + Self.streamedSteps where clock.now - start < Self.longest {
            if interrupt.isCancelled { return nil }
            if state.length >= state.capacity { break }
            if step == Self.firstStreamedSteps {
                before = model.streamingCounters ?? before
                start = clock.now
                seconds.removeAll()
            }
            let drawn = Self.noise(10_000 + step) % tokenCount
            let token = TokenID(Int32(Self.noise(20_000 + drawn) % model.shape.vocabularySize))
            seconds.append(try Self.computing([token], batch, state, model))
            _ = state.truncate(to: length)
        }
        let counters = (model.streamingCounters ?? StreamingCounters()) - before
        return Streamed(context: length, seconds: seconds, counters: counters)
    }

    /// Steps that missed experts.
    private struct Streamed {
        let context: Int
        /// Without the time in which they waited for bytes.
        let seconds: [Double]
        let counters: StreamingCounters
        /// Of a step the median; nil without any.
        var computingSeconds: Double? { seconds.isEmpty ? nil : seconds.sorted()[seconds.count / 2] }
        /// The same and what a step waited.
        var stepSeconds: Double {
            (computingSeconds ?? 0) + counters.stallSeconds / Double(max(seconds.count, 1))
        }
        /// What a step reads.
        var bytesPerStep: Double { Double(counters.bytesRead) / Double(max(seconds.count, 1)) }
    }

    /// Steps without reading ahead.
    private struct Samples {
        /// By positions in front of them, those that found all experts.
        let resident: [(context: Int, seconds: [Double])]
        let rowSeconds: Double
        let streamed: Streamed
    }

    /// Seconds of steps that compute `token` at the end of `state` and forget it again.
    private func repeated(
        _ token: TokenID, _ batch: Batch, _ state: SequenceState, _ model: LanguageModel,
        _ interrupt: CancellationFlag
    ) throws -> [Double]? {
        let clock = ContinuousClock()
        let start = clock.now
        let length = state.length
        var seconds: [Double] = []
        for step in 0..<Self.steps + Self.warmUpSteps {
            if interrupt.isCancelled { return nil }
            // A recurrent layer has no way back: the sequence grows where there is room.
            if state.length >= state.capacity { break }
            let taken = try Self.computing([token], batch, state, model)
            if step >= Self.warmUpSteps { seconds.append(taken) }
            _ = state.truncate(to: length)
            if !seconds.isEmpty, clock.now - start > Self.longest { break }
        }
        return seconds
    }

    /// Seconds of a step without the time in which it waited for experts.
    private static func computing(
        _ tokens: [TokenID], _ batch: Batch, _ state: SequenceState, _ model: LanguageModel
    ) throws -> Double {
        let clock = ContinuousClock()
        batch.reset()
        batch.append(tokens[...], to: state)
        let stall = model.streamingCounters?.stallSeconds ?? 0
        let start = clock.now
        try model.forward(batch)
        _ = model.logits(rows: tokens.count - 1..<tokens.count)
        let taken = (clock.now - start).inSeconds
        return max(taken - (model.streamingCounters?.stallSeconds ?? 0) + stall, 1e-9)
    }

    private static func result(_ samples: Samples, _ ahead: [Streamed]) -> Result? {
        let sorted = samples.resident.map { ($0.context, $0.seconds.sorted()) }.filter { !$0.1.isEmpty }
        let streamed = samples.streamed
        guard let (near, nearSeconds) = sorted.first, let (far, farSeconds) = sorted.last,
            let waiting = streamed.computingSeconds
        else { return nil }
        let median = nearSeconds[nearSeconds.count / 2]
        let slope = max((farSeconds[farSeconds.count / 2] - median) / Double(max(far - near, 1)), 0)
        let range = nearSeconds[(nearSeconds.count - 1) * 9 / 10] - nearSeconds[nearSeconds.count / 10]
        let tokenSeconds = max(median - Double(near) * slope, 1e-9)
        let hidden = ahead.filter { $0.counters.bytesRead > 0 }.map { steps in
            let computing = tokenSeconds + Double(steps.context) * slope
            return max(steps.stepSeconds - computing, 0) / steps.bytesPerStep
        }.sorted()
        return Result(
            tokenSeconds: tokenSeconds, positionSeconds: slope, rowSeconds: samples.rowSeconds,
            waitingTokenSeconds: streamed.counters.bytesRead > 0
                ? waiting - Double(streamed.context) * slope : nil,
            streamed: streamed.counters, streamedBytesPerToken: streamed.bytesPerStep,
            hiddenReadSecondsPerByte: hidden.isEmpty ? nil : hidden[hidden.count / 2],
            ahead: ahead.reduce(into: StreamingCounters()) { $0 += $1.counters },
            spread: range / 2 / median)
    }

    /// Tokens that look drawn, the same in every run.
    private static func noise(_ index: Int) -> Int {
        Int(CounterGenerator(seed: 11).uniform(position: index, token: 0) * 0x1p30)
    }
}
