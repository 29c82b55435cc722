/// What the command line says about a model, before environment and defaults.
struct ModelFlags {
    var model: String?
    var ctxSize: Int?
    var threads: Int?
    var threadsBatch: Int?
    var batchSize: Int?
    var memory: String?
    var kvType: String?
    var pretokenizer: String?
    var receipt: String?
    var plan = false
    var quiet = false
}

extension ModelArguments {
    /// The values as they were given.
    var flags: ModelFlags {
        ModelFlags(
            model: model, ctxSize: ctxSize, threads: threads, threadsBatch: threadsBatch,
            batchSize: batchSize,
            memory: memory, kvType: kvType, pretokenizer: pretokenizer, receipt: receipt, plan: plan,
            quiet: quiet)
    }
}
