import Foundation
import Generation
import Kernels
import ModelFiles
import Models
import Tuning

/// The options of a model, resolved and checked as far as that goes without the model.
struct ModelSettings {
    /// Nil for the bundled model.
    let modelPath: String?
    /// Nil for the default, which depends on the model.
    let contextSize: Int?
    let threads: Int
    let prefillThreads: Int
    let batchSize: Int
    let budget: MemoryBudget
    let streaming: StreamingPreference
    /// Nil for auto.
    let cacheElement: CacheElement?
    let pretokenizer: String?
    let receiptPath: String?
    /// Where the routing is recorded to; nil for nowhere.
    var tracePath: String?
    /// Layers ahead for which choices are predicted only to be recorded.
    var recordedDistances = 0
    let isPlanOnly: Bool
    let isQuiet: Bool
    /// Files that the command reads besides the model: nothing is written to them.
    var inputs: [String]

    /// - Throws: `CommandFailure` for a value that cannot be used, naming it.
    init(
        _ arguments: ModelArguments, _ streaming: StreamingArguments, _ resolver: inout SettingResolver
    ) throws {
        try self.init(arguments.shared, threads: arguments.threads, streaming, &resolver)
    }

    /// The same for a command that varies the number of threads itself.
    init(
        _ flags: SharedModelArguments, threads flag: Int?, _ streaming: StreamingArguments,
        _ resolver: inout SettingResolver
    ) throws {
        self.streaming = try streaming.preference(&resolver)
        modelPath = try resolver.optional(
            ["model", "m"], flag: flags.model, expected: "a path", shownDefault: "(the bundled model)"
        ) { $0 }
        contextSize = try resolver.optional(
            ["ctx-size", "c"], flag: flags.ctxSize, expected: "an integer"
        ) { Int($0) }
        threads = try resolver.integer(
            ["threads", "t"], flag: flag, default: MachineCores.read().recommendedThreads)
        prefillThreads = try resolver.integer(
            ["threads-batch", "tb"], flag: flags.threadsBatch, default: threads)
        batchSize = try resolver.integer(["batch-size", "b"], flag: flags.batchSize, default: 512)
        let memory = try resolver.resolve(
            ["memory"], flag: flags.memory, default: "auto", expected: "a size"
        ) { $0 }
        guard let budget = MemoryBudget(memory) else {
            throw CommandFailure.usage(
                "--memory is \"\(memory)\"; expected a size such as 8G or 512M, a share such as 70%, or auto")
        }
        self.budget = budget
        let kvType = try resolver.resolve(
            ["kv-type"], flag: flags.kvType, default: "auto", expected: "a type"
        ) { $0 }
        cacheElement = CacheElement(rawValue: kvType)
        guard kvType == "auto" || cacheElement != nil else {
            throw CommandFailure.usage("--kv-type is \"\(kvType)\"; expected auto, f16 or f32")
        }
        pretokenizer = try resolver.text(["pretokenizer"], flag: flags.pretokenizer)
        receiptPath = try resolver.text(["receipt"], flag: flags.receipt)
        tracePath = try resolver.text(["trace"], flag: streaming.trace)
        isPlanOnly = try resolver.isOn("plan", flag: flags.plan)
        isQuiet = try resolver.isOn("quiet", flag: flags.quiet)
        inputs = [resolver.profile?.path].compactMap(\.self)
        try Self.check("-c", contextSize ?? 1, ProfileKeys.contextTokens)
        try Self.check("--threads", threads, ProfileKeys.threads)
        try Self.check("--threads-batch", prefillThreads, ProfileKeys.threads)
        try Self.check("-b", batchSize, ProfileKeys.batchTokens)
    }

    /// - Throws: `CommandFailure` where `value` is outside `range`.
    static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw CommandFailure.usage(
                "\(name) is \(value); expected \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
