public import Kernels

/// The matrix that scores experts, and the rule by which scores become choices and weights.
public struct Router: Sendable {
    /// How raw scores become probabilities.
    public enum Scoring: Sendable, Equatable {
        /// Softmax over all experts, then the best are chosen.
        case softmax
        /// The best raw scores are chosen, then softmax over the chosen.
        case softmaxOfChosen
        /// Each score by itself.
        case sigmoid
        /// Phi's two-step choice with a threshold, which makes up for sparse gradients in training (arXiv
        /// 2409.12136).
        case sparseMixer(threshold: Float)
    }

    /// Choice limited to the best groups of neighbouring experts (DeepSeek, arXiv 2405.04434 and 2412.19437).
    public struct Groups: Sendable, Equatable {
        /// What a group is judged by: its best expert, or the sum of its best two.
        public enum Score: Sendable { case best, sumOfBestTwo }
        /// The choice keeps a bit per group in one word.
        public static let maximumCount = 64
        /// Groups of equally many experts.
        public let count: Int
        /// Groups that the choice is limited to.
        public let chosen: Int
        /// How groups are judged.
        public let score: Score

        public init(count: Int, chosen: Int, score: Score) {
            self.count = count
            self.chosen = chosen
            self.score = score
        }
    }

    /// expertCount outputs, hiddenSize inputs.
    public let linear: Linear
    /// Experts that a row is sent to.
    public let expertsPerToken: Int
    /// How scores become probabilities.
    public let scoring: Scoring
    /// Added to the probabilities for the choice only, not for the weights; one per expert.
    public let choiceBias: FloatVector?
    /// Nil where every expert may be chosen.
    public let groups: Groups?
    /// Whether the chosen weights are divided by their sum.
    public let normalizesWeights: Bool
    /// Factor on every weight.
    public let weightScale: Float

    public init(
        linear: Linear, expertsPerToken: Int, scoring: Scoring, choiceBias: FloatVector? = nil,
        groups: Groups? = nil,
        normalizesWeights: Bool, weightScale: Float = 1
    ) {
        precondition(
            expertsPerToken >= 1 && expertsPerToken <= linear.outputs,
            "\(expertsPerToken) of \(linear.outputs)")
        self.linear = linear
        self.expertsPerToken = expertsPerToken
        self.scoring = scoring
        self.choiceBias = choiceBias
        self.groups = groups
        self.normalizesWeights = normalizesWeights
        self.weightScale = weightScale
    }

    /// Experts to choose from.
    public var expertCount: Int { linear.outputs }

    /// Scores the rows of `input` [rows, hiddenSize] and fills `routing`. Allocates: none. Runs on: engine
    /// thread.
    public func route(_ input: FloatMatrix, routing: Routing, context: StepContext) {
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let compute = context.compute
        let scores = context.arena.matrix(rows: input.rows, columns: expertCount)
        let scratch = context.arena.matrix(rows: 2, columns: expertCount)
        linear(input, into: scores, on: compute)
        switch scoring {
        case .softmax: compute.softmax(scores)
        case .sigmoid: compute.sigmoid(scores)
        case .softmaxOfChosen, .sparseMixer: break
        }
        routing.begin(rows: input.rows)
        for row in 0..<input.rows {
            choose(
                scores: scores.slice(rows: row..<row + 1), scratch: scratch, row: row, routing: routing,
                compute: compute)
        }
    }

    func scratchElements(rows: Int) -> Int {
        Arena.elements(rows: rows, columns: expertCount) + Arena.elements(rows: 2, columns: expertCount)
    }
}
