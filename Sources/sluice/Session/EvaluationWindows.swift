import Generation
import ModelFiles
import Tokenization

/// A text cut into windows for scoring.
struct EvaluationWindows {
    /// What llama-perplexity uses where nothing is said.
    static let defaultSize = 512

    private(set) var windows: [[TokenID]]
    /// Tokens behind the last whole window, or beyond the limit.
    let leftOut: Int

    /// Cuts `tokens` into windows of `size` and keeps the first `limit`.
    init(_ tokens: [TokenID], size: Int, limit: Int?) {
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

    /// - Throws: `tooFewTokens` where there is nothing to score.
    func check() throws {
        let longest = windows.map(\.count).max() ?? 0
        guard longest >= 2 else { throw GenerationError(.tooFewTokens(found: longest, needed: 2)) }
    }
}
