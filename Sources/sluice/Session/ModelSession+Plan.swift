import Generation
import ModelFiles
import Models

extension ModelSession {
    /// Prints what would be run, for `--plan`.
    func printPlan(_ settings: [Setting], asJSON: Bool) throws {
        let text = PlanText(self)
        try StandardOutput.write(asJSON ? text.json(settings).text + "\n" : text.text(settings))
        try plan.check()
    }

    /// Refuses a request that cannot work, before the model is loaded for it.
    ///
    /// - Throws: `GenerationError`: an empty prompt, or one that does not fit the context.
    func check(_ request: GenerationRequest) throws {
        guard !request.prompt.isEmpty else { throw GenerationError(.emptyPrompt) }
        guard request.prompt.count + (request.maximumTokens == 0 ? 0 : 1) <= options.contextCapacity else {
            throw GenerationError(
                .promptTooLong(tokens: request.prompt.count, contextCapacity: options.contextCapacity))
        }
    }
}
