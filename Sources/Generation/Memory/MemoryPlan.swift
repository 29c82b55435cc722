public import ExpertStorage
import Foundation
import Kernels
public import ModelFiles
public import Models
import Residency

/// What a run will take of memory, line by line, computed before the model is loaded.
public struct MemoryPlan: Sendable {
    /// One use of memory.
    public struct Line: Sendable, Equatable {
        /// What it is for, in words a user knows.
        public let name: String
        /// Bytes that it takes.
        public let bytes: Int
        /// How the figure comes about.
        public let detail: String
    }

    /// Every use, the largest kinds first.
    public let lines: [Line]
    /// What the whole process is allowed; nil where neither user nor machine sets a limit.
    public let budgetBytes: Int?
    /// What the engine is told: with streaming where the experts do not fit.
    public private(set) var options: LanguageModel.Options
    /// What a user should know before the run; nil where there is nothing.
    public let warning: String?
    /// The smallest budget that works.
    public let smallestBytes: Int
    /// Bytes of the slots that hold experts; nil where the model is mapped.
    public let slotBytes: Int?
    /// Why the user's wishes cannot be met, whatever the total.
    private let refusal: GenerationError?

    /// Plans a run: all weights in memory where they fit or `preference` says so, else experts in slots.
    ///
    /// Where the budget is too small for steps of `wished.maximumRows` beside the fewest slots, steps have
    /// fewer.
    public init(
        needs: ModelNeeds, file: ModelFile, options wished: LanguageModel.Options, budgetBytes: Int?,
        preference: StreamingPreference = StreamingPreference()
    ) {
        self.budgetBytes = budgetBytes
        func fixedLines(_ options: LanguageModel.Options) -> [Line] {
            Self.denseLines(needs, file, options) + Self.commonLines(needs, file, options)
        }
        func bytes(_ lines: [Line]) -> Int { lines.reduce(0) { $0 + $1.bytes } }
        let mapped = Self.mappedLines(needs, file) + Self.commonLines(needs, file, wished)
        let fits = budgetBytes.map { bytes(mapped) <= $0 } ?? true
        let isStreamed =
            switch preference.source {
            case .automatic where file.hasSplitRecords: true
            case .automatic: !fits || preference.expertCacheBytes.map { $0 < needs.expertBytes } ?? false
            case .mapped: false
            case .streamed: true
            }
        let smallestSlots = SlotPlan.smallestByteCount(needs, pools: preference.pools)
        var options = wished
        options.maximumRows = 1
        let leastLines = fixedLines(options)
        let streamedBytes = smallestSlots.map { bytes(leastLines) + $0 }
        smallestBytes =
            switch preference.source {
            case .automatic where preference.expertCacheBytes == nil && !file.hasSplitRecords:
                min(streamedBytes ?? .max, bytes(mapped))
            case .mapped: bytes(mapped)
            case .automatic, .streamed: streamedBytes ?? bytes(mapped)
            }
        options = wished
        var fixed = fixedLines(options)
        while options.maximumRows > 1, let smallestSlots, let budgetBytes,
            bytes(fixed) + smallestSlots > budgetBytes
        {
            options.maximumRows /= 2
            fixed = fixedLines(options)
        }
        var room = (budgetBytes ?? .max) - bytes(fixed)
        if let limit = preference.expertCacheBytes { room = min(room, limit) }
        guard isStreamed, let slots = SlotPlan(needs, room: room, preference: preference) else {
            lines = isStreamed ? smallestSlots.map { [Self.fewestSlots($0)] + leastLines } ?? mapped : mapped
            self.options = wished
            warning = nil
            slotBytes = nil
            refusal =
                isStreamed
                ? Self.refusal(preference, smallestSlots)
                : file.hasSplitRecords ? GenerationError(.notMappable) : nil
            return
        }
        refusal = nil
        lines = [Self.slotLine(needs, slots)] + fixed
        options.streaming = slots.options
        self.options = options
        warning = slots.warning
        slotBytes = slots.byteCount
    }

    /// All weights, mapped.
    private static func mappedLines(_ needs: ModelNeeds, _ file: ModelFile) -> [Line] {
        let weights = Line(
            name: "weights", bytes: file.byteCount,
            detail:
                "\(file.tensors.count) tensors, mapped from "
                + "\(file.diskPaths.count == 1 ? "the file" : "\(file.diskPaths.count) files")"
        )
        let copied = Line(
            name: "copied weights", bytes: needs.ownedBytes, detail: "in a layout that can be computed with")
        return needs.ownedBytes > 0 ? [weights, copied] : [weights]
    }

    /// Why there is no plan with slots; nil where the budget is too small for one.
    private static func refusal(
        _ preference: StreamingPreference, _ smallestSlots: Int?
    ) -> GenerationError? {
        let cache = preference.expertCacheBytes
        guard let smallestSlots else {
            return preference.source == .streamed || cache != nil ? GenerationError(.notStreamable) : nil
        }
        guard let cache, cache < smallestSlots else { return nil }
        return GenerationError(.expertCacheTooSmall(givenBytes: cache, neededBytes: smallestSlots))
    }

    /// What stands in a plan that no budget is large enough for.
    private static func fewestSlots(_ byteCount: Int) -> Line {
        Line(name: "expert slots", bytes: byteCount, detail: "the fewest that this model runs with")
    }

    /// Slots for experts.
    private static func slotLine(_ needs: ModelNeeds, _ slots: SlotPlan) -> Line {
        let shape = slots.options.shape
        let experts = needs.expertLayerCount * needs.shape.expertCount
        let share = shape.slotCount * 100 / max(experts, 1)
        let pools: String
        switch shape.pools {
        case .global(_): pools = "shared by all layers"
        case .perLayer(_): pools = "each layer its own"
        }
        return Line(
            name: "expert slots", bytes: slots.byteCount,
            detail: "\(shape.slotCount) of \(experts) experts (\(share) %), \(pools), "
                + "\(slots.options.policy)")
    }

    /// What streaming needs besides slots.
    private static func denseLines(
        _ needs: ModelNeeds, _ file: ModelFile, _ options: LanguageModel.Options
    ) -> [Line] {
        let experts = needs.expertLayerCount * needs.shape.expertCount
        let directoryBytes = file.tensors.values.reduce(file.byteCount) { $0 - $1.byteCount }
        let embeddingBytes = needs.embeddingBytes(tokens: options.contextCapacity)
        let embedding = Line(
            name: "embedding", bytes: embeddingBytes, detail: "mapped, the rows of the context's tokens")
        let lines = [
            Line(
                name: "dense weights", bytes: needs.residentBytes, detail: "what every token needs, read once"
            ),
            // Per expert: its view, its pieces in the catalog and their making, and what cache and loader
            // know of it.
            Line(
                name: "bookkeeping", bytes: experts * 1024,
                detail: "where \(experts) experts lie on disk and in memory"),
            Line(
                name: "reading", bytes: max(directoryBytes, 0) + ModelFile.copyPieceBytes,
                detail: "the directory of the file, and what is on its way into memory"),
        ]
        return embeddingBytes > 0 ? lines + [embedding] : lines
    }

    /// What the run needs besides weights.
    private static func commonLines(
        _ needs: ModelNeeds, _ file: ModelFile, _ options: LanguageModel.Options
    ) -> [Line] {
        let capacity = options.contextCapacity
        let recorded = options.recordsSteps ? needs.traceShape : nil
        let trace = recorded.map { shape in
            Line(
                name: "trace", bytes: TraceTarget.byteCount(shape, options: options),
                detail: "what was chosen, on its way to the file")
        }
        return [
            Line(
                name: "KV cache", bytes: needs.stateBytes(capacity: capacity, element: options.cacheElement),
                detail:
                    "\(capacity) positions at \(options.cacheElement.rawValue), \(needs.shape.layerCount) "
                    + "layers"
            ),
            Line(
                name: "activations", bytes: needs.activationBytes(rows: options.maximumRows),
                detail: "steps of at most \(options.maximumRows) tokens"),
            Line(
                name: "positions", bytes: needs.rotaryBytes(capacity: capacity),
                detail: "rotary tables, at most \(capacity) positions"),
            Line(
                name: "logits", bytes: needs.logitBytes + samplerBytes(needs.shape.vocabularySize),
                detail:
                    "\(LanguageModel.maximumLogitRows) rows of \(needs.shape.vocabularySize), and the sampler"
            ),
            Line(name: "tokenizer", bytes: tokenizerBytes(file), detail: "vocabulary and merges"),
            Line(
                name: "runtime", bytes: runtimeBytes(threadCount: options.threadCount),
                detail: "program, stacks and scratch of \(options.threadCount) threads"),
        ] + [trace].compactMap { $0 }
    }

    /// Lets a streamed model's disk be read in another way; the memory stays the same.
    public mutating func read(by reading: ReadPlan) { options.streaming?.reading = reading }

    /// What has to fit.
    public var totalBytes: Int { lines.reduce(0) { $0 + $1.bytes } }

    /// What takes most of the memory, with its bytes.
    package var largestUse: String {
        lines.max { $0.bytes < $1.bytes }.map { "\($0.name) with \(ByteSize.text($0.bytes))" } ?? ""
    }

    /// Refuses a budget that is below the total.
    ///
    /// - Throws: `budgetTooSmall` or `expertCacheTooSmall` with the number that works; `notStreamable` where
    ///   the model's experts cannot be read one by one and the user wants that.
    public func check() throws(GenerationError) {
        if let refusal { throw refusal }
        if let budgetBytes, budgetBytes < totalBytes {
            throw GenerationError(
                .budgetTooSmall(
                    budgetBytes: budgetBytes, neededBytes: smallestBytes, mostlyFor: largestUse))
        }
    }

    /// A copy of the logits, their order, and the counts of recent tokens.
    private static func samplerBytes(_ vocabularySize: Int) -> Int { 3 * 4 * vocabularySize }

    /// Measured on vocabularies of 32,000 to 152,000 tokens: 108 to 124 bytes per token and merge of a
    /// byte-level one, 380 per token of one without merges, whose scores are looked up instead.
    private static let bytesPerMergedEntry = 160
    private static let bytesPerScoredEntry = 450
    /// The parsed JSON, which is larger than its text, and what is made of it.
    private static let bytesPerJSONByte = 16

    private static func tokenizerBytes(_ file: ModelFile) -> Int {
        func count(_ key: String) -> Int {
            if case .strings(let entries)? = file.metadata.values[key] { entries.count } else { 0 }
        }
        let (tokens, merges) = (count("tokenizer.ggml.tokens"), count("tokenizer.ggml.merges"))
        if tokens > 0 {
            return merges > 0 ? (tokens + merges) * bytesPerMergedEntry : tokens * bytesPerScoredEntry
        }
        guard file.container == .safetensors else { return 0 }
        return (file.companionByteCount("tokenizer.json") ?? 0) * bytesPerJSONByte
    }

    /// Program and libraries take 32 MiB; a thread has 96 KiB of scratch and touches little of its stack.
    private static func runtimeBytes(threadCount: Int) -> Int {
        32 << 20 + threadCount * (96 << 10 + 64 << 10)
    }
}
