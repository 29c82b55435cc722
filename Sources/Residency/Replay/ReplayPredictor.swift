/// Who is taken to have foretold, one layer earlier, what a layer of a single token would miss.
///
/// A guess takes nobody's slot, so predictors change no hit: they change how long a miss is waited for, and
/// what the disk reads for nothing.
public enum ReplayPredictor: String, Sendable, CaseIterable {
    /// Nobody: every miss is read when its layer asks for it.
    case none
    /// Whoever ran while the trace was recorded; where the trace has no candidates, nobody.
    case recorded
    /// One that is always right, from the second layer on.
    case oracle
}
