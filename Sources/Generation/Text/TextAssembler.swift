import ModelFiles
import Tokenization

/// Turns generated tokens into text that can be shown: whole UTF-8 sequences, no part of a stop string.
struct TextAssembler {
    /// Nil where the model has no tokenizer; then there is no text.
    private var detokenizer: StreamingDetokenizer?
    private var matcher: StopMatcher
    private var isStopped = false

    init(tokenizer: Tokenizer?, stops: [String], atStart: Bool) {
        detokenizer = tokenizer.map { StreamingDetokenizer($0, atStart: atStart) }
        matcher = StopMatcher(stops: stops)
    }

    /// The text that `token` adds, and whether it ends the text.
    mutating func append(_ token: TokenID) -> StopMatcher.Outcome {
        guard !isStopped, let piece = detokenizer?.append(token) else {
            return StopMatcher.Outcome(text: "", stop: nil)
        }
        let outcome = matcher.append(piece)
        isStopped = outcome.stop != nil
        return outcome
    }

    /// What was held back; nothing after a stop string.
    mutating func finish() -> String {
        guard !isStopped else { return "" }
        isStopped = true
        let rest = matcher.append(detokenizer?.finish() ?? "")
        return rest.stop == nil ? rest.text + matcher.finish() : rest.text
    }
}
