import Foundation
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
        let copied = Line(
            name: "copied weights", bytes: needs.ownedBytes, detail: "in a layout that can be computed with")
        let lines = [
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
                name: "positions", bytes: needs.rotaryBytes(capacity: capacity),
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
        self.lines = needs.ownedBytes > 0 ? [lines[0], copied] + lines.dropFirst() : lines
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
        guard file.container == .safetensors, let part = file.parts.first else { return 0 }
        let json = URL(fileURLWithPath: part).deletingLastPathComponent().appending(path: "tokenizer.json")
            .path
        let attributes = try? FileManager.default.attributesOfItem(atPath: json)
        return (attributes?[.size] as? Int ?? 0) * bytesPerJSONByte
    }

    /// Program and libraries take 32 MiB; a thread has 96 KiB of scratch and touches little of its stack.
    private static func runtimeBytes(threadCount: Int) -> Int {
        32 << 20 + threadCount * (96 << 10 + 64 << 10)
    }
}
