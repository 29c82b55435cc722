/// Why text cannot be generated or scored, with what was found, what was expected and what to try.
public struct GenerationError: Error, Sendable, Equatable {
    /// What is wrong, with the figures that say it.
    public enum Code: Sendable, Equatable {
        case emptyPrompt
        case promptTooLong(tokens: Int, contextCapacity: Int)
        case tokenOutOfRange(token: Int, index: Int, vocabularySize: Int)
        /// A value of the sampling options, by its flag.
        case optionOutOfRange(name: String, found: String, expected: String)
        /// The logit of `token` in the step for this position is infinite or no number: the weights are
        /// damaged.
        case damagedLogits(position: Int, token: Int)
        case budgetTooSmall(budgetBytes: Int, neededBytes: Int, mostlyFor: String)
        /// Slots for experts in less memory than the model can run with.
        case expertCacheTooSmall(givenBytes: Int, neededBytes: Int)
        /// The experts have to be repacked, so they cannot be read one by one.
        case notStreamable
        /// The experts have to be joined, so they cannot be used where they lie.
        case notMappable
        case tooFewTokens(found: Int, needed: Int)
        case bundledModelMissing
        /// The engine has been shut down.
        case engineStopped
    }

    /// What is wrong.
    public let code: Code

    /// The error of `code`.
    public init(_ code: Code) { self.code = code }
}

extension GenerationError: CustomStringConvertible {
    public var description: String {
        switch code {
        case .emptyPrompt:
            "the prompt is empty: it gives no tokens; expected at least one (-p TEXT, -f FILE or --tokens "
                + "IDS)"
        case .promptTooLong(let tokens, let contextCapacity):
            "the prompt has \(tokens) tokens, but the context holds \(contextCapacity) with room for at "
                + "least one answer token; "
                + "shorten the prompt or raise -c"
        case .tokenOutOfRange(let token, let index, let vocabularySize):
            "token \(token) at index \(index) is outside the vocabulary; expected 0 to \(vocabularySize - 1)"
        case .optionOutOfRange(let name, let found, let expected):
            "\(name) is \(found); expected \(expected)"
        case .damagedLogits(let position, let token):
            "the logit of token \(token) for position \(position) is no finite number, so the model's "
                + "weights or scales are damaged; `sluice inspect MODEL --check` finds where, and a new "
                + "download or conversion helps"
        case .budgetTooSmall(let budgetBytes, let neededBytes, let largest):
            "--memory allows \(ByteSize.text(budgetBytes)), but this model with this context needs "
                + "\(ByteSize.text(neededBytes)) in memory, most of it for \(largest); the smallest "
                + "budget that works is --memory \(ByteSize.flagText(atLeast: neededBytes)) (a smaller -c "
                + "lowers it)"
        case .expertCacheTooSmall(let givenBytes, let neededBytes):
            "--expert-cache allows \(ByteSize.text(givenBytes)), but the smallest that works with this model "
                + "is --expert-cache \(ByteSize.flagText(atLeast: neededBytes))"
        case .notStreamable:
            "the model's experts have to be repacked and cannot be read one by one; convert it to GGUF, or "
                + "leave --io and --expert-cache out and give it memory for all of them"
        case .notMappable:
            "the records of this store are progressive: experts are put together when they are read, and "
                + "cannot be mapped; leave --io mmap out, or pack the model without --progressive"
        case .tooFewTokens(let found, let needed):
            "the text has \(found) tokens; expected at least \(needed)"
        case .bundledModelMissing:
            "the bundled model is not where this program was built or installed; name a model with -m"
        case .engineStopped:
            "the engine has been shut down"
        }
    }
}
