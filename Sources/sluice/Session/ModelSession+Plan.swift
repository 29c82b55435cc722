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
    /// - Throws: `GenerationError`: an empty prompt, one that does not fit the context, ids outside the
    ///   vocabulary.
    func check(_ request: GenerationRequest) throws {
        guard !request.prompt.isEmpty else { throw GenerationError(.emptyPrompt) }
        try check(request.prompt)
        guard request.prompt.count + (request.maximumTokens == 0 ? 0 : 1) <= options.contextCapacity else {
            throw GenerationError(
                .promptTooLong(tokens: request.prompt.count, contextCapacity: options.contextCapacity))
        }
    }

    /// Refuses windows with ids outside the vocabulary.
    func check(_ request: EvaluationRequest) throws {
        for window in request.windows { try check(window) }
    }

    private func check(_ tokens: [TokenID]) throws {
        let vocabularySize = needs.shape.vocabularySize
        for (index, token) in tokens.enumerated() where token.rawValue >= vocabularySize {
            throw GenerationError(
                .tokenOutOfRange(token: Int(token.rawValue), index: index, vocabularySize: vocabularySize))
        }
    }
}
