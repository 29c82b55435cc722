import Generation
import ModelFiles
import Tokenization

/// A text cut into windows for scoring.
struct EvaluationWindows {
    /// What llama-perplexity uses where nothing is said.
    static let defaultSize = 512

    private let size: Int
    private(set) var windows: [[TokenID]]
    /// Tokens behind the last whole window, or beyond the limit.
    let leftOut: Int

    /// Cuts `tokens` into windows of `size` and keeps the first `limit`.
    init(_ tokens: [TokenID], size: Int, limit: Int?) {
        self.size = size
        var windows: [[TokenID]] = []
        var start = 0
        while start + size <= tokens.count, windows.count < limit ?? .max {
            windows.append(Array(tokens[start..<start + size]))
            start += size
        }
        if windows.isEmpty, !tokens.isEmpty {
            windows = [tokens]
            start = tokens.count
        }
        self.windows = windows
        leftOut = tokens.count - start
    }

    /// Puts BOS in place of every window's first token where the model wants one, as llama-perplexity does.
    mutating func startEach(with tokenizer: Tokenizer?) {
        guard let tokenizer, tokenizer.addsBOS, let bos = tokenizer.bos else { return }
        for index in windows.indices { windows[index][0] = bos }
    }

    /// - Throws: where no position would be scored: `CommandFailure` for windows that are too small,
    ///   `tooFewTokens` for a text that is too short.
    func check(scoresSecondHalf: Bool) throws {
        // The first token of a window is only given; a second half starts at the last of two.
        let needed = scoresSecondHalf ? 3 : 2
        guard size >= needed else {
            throw CommandFailure.usage(
                "-c is \(size); expected at least \(needed)\(scoresSecondHalf ? " with --second-half" : ""), "
                    + "or no position would be scored")
        }
        let longest = windows.map(\.count).max() ?? 0
        guard longest >= needed else {
            throw GenerationError(.tooFewTokens(found: longest, needed: needed))
        }
    }
}
