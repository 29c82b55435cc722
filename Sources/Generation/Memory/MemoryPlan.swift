import Kernels
public import ModelFiles
public import Models

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

    /// Plans a resident run: all weights in memory.
    public init(needs: ModelNeeds, file: ModelFile, options: LanguageModel.Options, budgetBytes: Int?) {
        self.budgetBytes = budgetBytes
        let capacity = options.contextCapacity
        lines = [
            Line(
                name: "weights", bytes: file.byteCount,
                detail:
                    "\(file.tensors.count) tensors, mapped from "
                    + "\(file.parts.count == 1 ? "the file" : "\(file.parts.count) files")"
            ),
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
                name: "positions", bytes: Self.rotaryBytes(capacity: capacity),
                detail: "rotary tables, at most \(capacity) positions"),
            Line(
                name: "logits", bytes: needs.logitBytes + Self.samplerBytes(needs.shape.vocabularySize),
                detail:
                    "\(LanguageModel.maximumLogitRows) rows of \(needs.shape.vocabularySize), and the sampler"
            ),
            Line(
                name: "tokenizer", bytes: Self.tokenizerBytes(file),
                detail: "vocabulary and merges"),
            Line(
                name: "runtime", bytes: Self.runtimeBytes(threadCount: options.threadCount),
                detail: "program, stacks and scratch of \(options.threadCount) threads"),
        ]
    }

    /// What has to fit.
    public var totalBytes: Int { lines.reduce(0) { $0 + $1.bytes } }

    /// Refuses a budget that is below the total.
    ///
    /// - Throws: `budgetTooSmall` with the number that works.
    public func check() throws(GenerationError) {
        if let budgetBytes, budgetBytes < totalBytes {
            throw GenerationError(.budgetTooSmall(budgetBytes: budgetBytes, neededBytes: totalBytes))
        }
    }

    /// Two tables (short and long) of 128 Float32 per position: the widest head that is turned.
    private static func rotaryBytes(capacity: Int) -> Int { 2 * capacity * 128 * MemoryLayout<Float>.stride }

    /// A copy of the logits, their order, and the counts of recent tokens.
    private static func samplerBytes(_ vocabularySize: Int) -> Int { 3 * 4 * vocabularySize }

    /// Measured on vocabularies of 32,000 to 201,000 tokens: per token and per merge below this.
    private static let bytesPerVocabularyEntry = 200

    private static func tokenizerBytes(_ file: ModelFile) -> Int {
        let lists = ["tokenizer.ggml.tokens", "tokenizer.ggml.merges"].map { key -> Int in
            if case .strings(let entries)? = file.metadata.values[key] { entries.count } else { 0 }
        }
        return lists.reduce(0, +) * bytesPerVocabularyEntry
    }

    /// Program and libraries take 32 MiB; a thread has 96 KiB of scratch and touches little of its stack.
    private static func runtimeBytes(threadCount: Int) -> Int {
        32 << 20 + threadCount * (96 << 10 + 64 << 10)
    }
}
