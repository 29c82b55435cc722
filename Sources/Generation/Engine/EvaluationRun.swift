import Kernels
import ModelFiles
import Models
import Residency

/// Scores windows of tokens, a chunk at a time. Runs on: engine thread.
struct EvaluationRun: ~Copyable {
    private let request: EvaluationRequest
    private let core: EngineCore
    private var summary = EvaluationSummary()
    private var window = 0
    /// Positions of the window that are computed.
    private var position = 0
    /// Tokens of all windows.
    private let totalTokens: Int
    /// What streaming had done before.
    private let before: StreamingCounters?
    private let clock = ContinuousClock()

    init(_ request: EvaluationRequest, on core: EngineCore) throws {
        for tokens in request.windows {
            guard tokens.count <= core.contextCapacity else {
                throw GenerationError(
                    .promptTooLong(tokens: tokens.count, contextCapacity: core.contextCapacity))
            }
            try core.validate(tokens)
        }
        self.request = request
        self.core = core
        totalTokens = request.windows.reduce(0) { $0 + $1.count }
        summary.streaming = StreamingSummary(core.model)
        before = core.model.streamingCounters
    }

    /// Computes and scores the next chunk; nil after `finished`.
    mutating func advance() throws -> EvaluationEvent? {
        if request.cancellation.isCancelled {
            summary.wasCancelled = true
            return .finished(summary)
        }
        guard window < request.windows.count else { return .finished(summary) }
        core.watchMemory()
        let start = clock.now
        let tokens = request.windows[window]
        if position == 0 { core.reset(expectedLength: tokens.count) }
        let isDone = try score(tokens)
        summary.seconds += (clock.now - start).inSeconds
        if let before, let now = core.model.streamingCounters { summary.streaming?.prefill = now - before }
        guard isDone, position == tokens.count else {
            return .step(done: summary.computedTokens, total: totalTokens)
        }
        window += 1
        position = 0
        if !request.cancellation.isCancelled { summary.windowsDone = window }
        return .window(done: window, total: request.windows.count, summary)
    }

    /// Computes the next chunk of a window and scores its positions; false where it was stopped.
    private mutating func score(_ tokens: [TokenID]) throws -> Bool {
        let end = min(position + (request.feedsSingly ? 1 : core.maximumRows), tokens.count)
        let isDone = try core.forward(
            tokens[position..<end], phase: request.feedsSingly ? .decode : .prefill,
            unless: request.cancellation)
        guard isDone else { return false }
        try scoreChunk(tokens, positions: position..<end)
        summary.computedTokens += end - position
        position = end
        return true
    }

    /// Scores the positions of the chunk that was computed last.
    private mutating func scoreChunk(_ tokens: [TokenID], positions: Range<Int>) throws {
        let needsAll = request.wantsArgmax || request.logitSink != nil
        let firstScored = request.scoresSecondHalf ? tokens.count / 2 : 0
        var first = needsAll ? positions.lowerBound : max(firstScored, positions.lowerBound)
        while first < positions.upperBound && !request.cancellation.isCancelled {
            let last = min(first + LanguageModel.maximumLogitRows, positions.upperBound)
            let logits = core.model.logits(rows: first - positions.lowerBound..<last - positions.lowerBound)
            try request.logitSink?(logits)
            for position in first..<last {
                let row = position - first
                if let token = logits.firstDamagedLogit(row: row) {
                    throw GenerationError(.damagedLogits(position: position + 1, token: token))
                }
                if request.wantsArgmax { summary.argmax.append(logits.largestToken(row: row)) }
                guard position >= firstScored, position + 1 < tokens.count else { continue }
                summary.totalNats += logits.negativeLogLikelihood(of: tokens[position + 1], row: row)
                summary.tokensScored += 1
            }
            first = last
        }
    }
}

extension FloatMatrix {
    /// The column of the largest logit of `row`, the first of equals.
    fileprivate func largestToken(row: Int) -> TokenID {
        unsafe withRow(row) { logits in
            var best = 0
            for token in 1..<max(logits.count, 1) where unsafe logits[token] > logits[best] { best = token }
            return TokenID(Int32(best))
        }
    }

    /// log(sum of exp(logits)) - logit of `token`, nats, summed in Float64 in the order of the vocabulary.
    fileprivate func negativeLogLikelihood(of token: TokenID, row: Int) -> Double {
        unsafe withRow(row) { logits in
            var largest = -Double.infinity
            for index in 0..<logits.count { largest = unsafe max(largest, Double(logits[index])) }
            var sum = 0.0
            for index in 0..<logits.count { unsafe sum += exponential(Double(logits[index]) - largest) }
            return unsafe largest + naturalLogarithm(sum) - Double(logits[Int(token.rawValue)])
        }
    }
}
