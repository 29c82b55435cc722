import ExpertStorage
import Foundation
import Generation
import Kernels
import ModelFiles
import Models
import Residency
import Tokenization
import TraceFiles
import Tuning

/// A model that has been opened and planned, and then started: what every command that runs one goes through.
struct ModelSession {
    private let opened: OpenedModel
    let plan: MemoryPlan
    /// Opened before anything runs, so that a path that cannot be written is known at once.
    private let receiptFile: OutputFile?

    /// Opens the model, decides what depends on it, and refuses what cannot work; nothing is loaded yet.
    ///
    /// - Parameter wantedContext: the command's own default where the user gives no `-c`, if the model allows
    ///   it.
    /// - Parameter neededContext: what the command cannot do without, whatever the model allows.
    /// - Parameter needsTokenizer: whether a model without tokenizer is of no use to the command.
    init(
        _ settings: ModelSettings, _ resolver: inout SettingResolver, needsTokenizer: Bool,
        wantedContext: Int? = nil, neededContext: Int? = nil
    ) throws {
        try self.init(
            OpenedModel(settings, profile: resolver.profile, needsTokenizer: needsTokenizer), &resolver,
            wantedContext: wantedContext, neededContext: neededContext)
    }

    /// Decides what depends on the model, and refuses what cannot work.
    ///
    /// - Parameter promptTokens: tokens of the only prompt, where it is known: a step never needs room for
    ///   more, and what it does not take is left to experts.
    init(
        _ opened: OpenedModel, _ resolver: inout SettingResolver, promptTokens: Int? = nil,
        wantedContext: Int? = nil, neededContext: Int? = nil
    ) throws {
        self.opened = opened
        let (settings, file, needs) = (opened.settings, opened.file, opened.needs)
        let limit = needs.shape.contextLength
        let context =
            settings.contextSize ?? neededContext ?? min(max(limit, 1), wantedContext ?? Self.defaultContext)
        if settings.contextSize == nil { resolver.record("ctx-size", "\(context)", .default) }
        if context > limit, !settings.isQuiet {
            StandardError.write(
                "sluice: warning: a context of \(context) exceeds the \(limit) positions that the model "
                    + "was made for; "
                    + "text beyond them gets worse\n")
        }
        let element = settings.cacheElement ?? (file.isMostlyFloat32 ? .float32 : .float16)
        if settings.cacheElement == nil { resolver.record("kv-type (auto)", element.rawValue, .default) }
        var options = LanguageModel.Options(
            threadCount: settings.threads,
            maximumRows: min(
                settings.batchSize, Self.rows(ofStepFor: promptTokens, needs: needs, context: context)),
            contextCapacity: context, cacheElement: element)
        if settings.prefillThreads != settings.threads {
            options.prefillThreadCount = settings.prefillThreads
        }
        options.recordsSteps = settings.tracePath != nil
        options.recordedDistances = settings.recordedDistances
        let receiptPath = settings.isPlanOnly ? nil : settings.receiptPath
        receiptFile = try receiptPath.map { try OutputFile($0, besides: opened.inputs) }
        // Known at once, too; the engine opens it again.
        if !settings.isPlanOnly, let path = settings.tracePath {
            _ = try OutputFile(path, besides: opened.inputs + [receiptPath].compactMap(\.self))
        }
        var preference = settings.streaming
        preference.isElastic = settings.budget == .automatic
        var plan = MemoryPlan(
            needs: needs, file: file, options: options,
            budgetBytes: settings.budget.resolved(on: MachineMemory.read()), preference: preference)
        if let warning = plan.warning, !settings.isQuiet {
            StandardError.write("sluice: warning: \(warning)\n")
        }
        if plan.options.streaming != nil, preference.source == .automatic, !settings.isPlanOnly {
            plan.read(by: Self.reading(file, settings, budgetBytes: plan.budgetBytes))
        }
        if preference.prefetching != .off, plan.options.streaming?.guessAreas == 0 {
            resolver.record(
                "prefetch (\(preference.prefetching.rawValue))",
                "off: no slots of each layer's own, or too few", .default)
        }
        self.plan = plan
    }

    /// How the model's disk is best read, as known or measured now.
    private static func reading(
        _ file: ModelFile, _ settings: ModelSettings, budgetBytes: Int?
    ) -> ReadPlan {
        let profiles = DiskProfiles(environment: ProcessInfo.processInfo.environment)
        let answer = DiskProbe.answer(for: file.parts, profiles: profiles, budgetBytes: budgetBytes)
        if !settings.isQuiet {
            for note in answer.notes { StandardError.write("sluice: note: \(note)\n") }
        }
        return answer.choice.plan.whileComputing
    }

    var settings: ModelSettings { opened.settings }
    var file: ModelFile { opened.file }
    /// Nil where the model has none and the command can do without.
    var tokenizer: Tokenizer? { opened.tokenizer }
    var needs: ModelNeeds { opened.needs }
    var instructionSet: InstructionSet { opened.instructionSet }

    /// What the engine is told.
    var options: LanguageModel.Options { plan.options }

    /// All that is read and written: no other output may be one of these.
    var filesInUse: [String] {
        opened.inputs + [settings.receiptPath, settings.tracePath].compactMap(\.self)
    }

    /// Token ids below this are the model's.
    var vocabularySize: Int { needs.shape.vocabularySize }

    /// Rows of one step, whatever `-b` says: its memory grows with its rows, and so does the wait for Ctrl-C;
    /// larger prompts go in several steps, to the same bits.
    private static let largestStep = 512

    /// Rows that a step needs at most.
    ///
    /// - Parameter promptTokens: of the only prompt; nil where nobody knows.
    static func rows(ofStepFor promptTokens: Int?, needs: ModelNeeds, context: Int) -> Int {
        let promptRows = needs.recomputesLongTexts ? nil : promptTokens.map { max($0, 1) }
        return min(context, promptRows ?? largestStep, largestStep)
    }

    /// Where the user gives no context and the model allows more.
    static let defaultContext = 4096

    /// Refuses a budget that is too small, prints the plan, and loads the model.
    ///
    /// - Parameter notes: what a trace shall say of the command.
    func start(noting notes: [TraceNote]) async throws -> Engine {
        if !settings.isQuiet { StandardError.write(PlanText(self).memory) }
        try plan.check()
        let trace = try traceTarget(notes)
        // Before the model takes its memory, so that the probe's buffer does not come on top of it.
        _ = memoryBandwidth
        var progress = ProgressLine("loading", isShown: !settings.isQuiet)
        if options.streaming == nil {
            PageCache.fill(file.diskPaths) { done, total in
                progress.show(done: done, total: total, unit: ByteSize.text)
                return true
            }
        }
        defer { progress.clear() }
        return try await Engine.start(file: file, tokenizer: tokenizer, options: options, trace: trace)
    }

    /// The receipt of a finished request.
    func receipt(_ summary: GenerationSummary) -> Receipt {
        var receipt = emptyReceipt()
        receipt.promptTokens = summary.promptTokens
        receipt.prefilledTokens = summary.prefilledTokens
        receipt.generatedTokens = summary.generatedTokens
        receipt.prefillSeconds = summary.prefillSeconds
        receipt.decodeSeconds = summary.decodeSeconds
        receipt.decodeSteps = summary.decodeSteps
        count(rows: summary.prefilledTokens + summary.decodeSteps, summary.streaming, in: &receipt)
        return receipt
    }

    /// The receipt of a finished evaluation, which is all prefill.
    func receipt(_ summary: EvaluationSummary) -> Receipt {
        var receipt = emptyReceipt()
        receipt.promptTokens = summary.computedTokens
        receipt.prefilledTokens = summary.computedTokens
        receipt.prefillSeconds = summary.seconds
        count(rows: summary.computedTokens, summary.streaming, in: &receipt)
        return receipt
    }

    private func count(rows: Int, _ streaming: StreamingSummary?, in receipt: inout Receipt) {
        if let streaming, let slotBytes = plan.slotBytes, let streamingOptions = options.streaming {
            let counters = streaming.total.cache
            receipt.streaming = streaming
            receipt.streamingOptions = streamingOptions
            receipt.expertRequests = counters.requests
            receipt.expertHits = counters.hits
            receipt.expertSlots = streamingOptions.shape.slotCount
            receipt.residency = min(Double(slotBytes) / Double(max(needs.expertBytes, 1)), 1)
            return
        }
        receipt.expertRequests = rows * needs.expertLayerCount * needs.shape.expertsPerToken
        receipt.expertHits = receipt.expertRequests
    }

    private func emptyReceipt() -> Receipt {
        let usage = ProcessUsage.read()
        var receipt = Receipt()
        receipt.model = file.path
        receipt.fingerprint = file.fingerprint.description
        receipt.architecture = needs.shape.architecture
        receipt.threads = options.threadCount
        receipt.instructionSet = instructionSet.rawValue
        receipt.memoryBudgetBytes = plan.budgetBytes
        receipt.memoryPeakBytes = usage.peakBytes
        receipt.expertSlots = needs.expertLayerCount * needs.shape.expertCount
        receipt.diskReadBytes = max((usage.diskReadBytes ?? 0) - opened.diskReadBefore, 0)
        receipt.bytesPerToken = needs.bytesPerToken
        receipt.memoryBandwidth = memoryBandwidth
        return receipt
    }

    private var memoryBandwidth: MemoryBandwidth {
        // A third: the program itself may be half of a small budget.
        BandwidthProbe.bandwidth(
            threadCount: options.threadCount, modelBytes: min(file.byteCount, plan.totalBytes / 3))
    }

    /// Writes the receipt where the user wants it.
    func deliver(_ receipt: Receipt) throws {
        if !settings.isQuiet {
            StandardError.write(ReceiptText(receipt, hasColour: StandardError.hasColour).text)
        }
        try receiptFile?.write(receipt.json.text + "\n")
    }
}

extension ModelFile {
    /// Whether more than half of the weights' bytes are Float32.
    var isMostlyFloat32: Bool {
        var float32 = 0
        var all = 0
        for record in tensors.values {
            all += record.byteCount
            if record.format == .float32 { float32 += record.byteCount }
        }
        return 2 * float32 > all
    }
}
