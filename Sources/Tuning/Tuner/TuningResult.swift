/// What a tuner found.
public struct TuningResult: Sendable {
    /// A candidate with what was expected of it and what it did.
    public struct Entry: Sendable {
        /// What was tried.
        public let candidate: TuningCandidate
        /// What the replay said; nil where it could not.
        public let prediction: TuningPrediction?
        /// All runs of it, at least one.
        public let runs: [TuningMeasurement]
        /// Where the replay put it among all candidates with its budget; nil where it could not.
        public let rank: Rank?

        public init(
            candidate: TuningCandidate, prediction: TuningPrediction?, runs: [TuningMeasurement],
            rank: Rank? = nil
        ) {
            self.candidate = candidate
            self.prediction = prediction
            self.runs = runs
            self.rank = rank
        }

        /// A place from 1, for the one that is expected to be fastest, among so many.
        public struct Rank: Sendable, Equatable {
            /// From 1.
            public let place: Int
            /// All that were ranked.
            public let count: Int

            public init(place: Int, of count: Int) {
                self.place = place
                self.count = count
            }
        }

        /// Median over the runs: with two the mean, so that neither luck nor its lack decides alone.
        public var secondsPerToken: Double {
            let sorted = runs.map(\.secondsPerToken).sorted()
            let middle = sorted.count / 2
            return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }

        /// Of the last run.
        public var hitRate: Double { runs.last?.hitRate ?? 1 }

        /// Of all runs.
        public var tokens: Int { runs.reduce(0) { $0 + $1.tokens } }
    }

    /// The smallest budget that is nearly as fast as the best.
    public let knee: Entry
    /// The fastest.
    public let best: Entry
    /// Everything that ran, in the order in which it ran first.
    public let measured: [Entry]
    /// Whether there was no time for all that was planned.
    public let isCutShort: Bool

    public init(knee: Entry, best: Entry, measured: [Entry], isCutShort: Bool) {
        self.knee = knee
        self.best = best
        self.measured = measured
        self.isCutShort = isCutShort
    }
}
