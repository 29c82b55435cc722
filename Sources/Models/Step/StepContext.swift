public import Kernels

/// What every layer of a step sees: the batch, the operations, and scratch memory.
///
/// A layer takes scratch from `arena` and gives it back before it returns. Runs on: engine thread.
public struct StepContext {
    public let batch: Batch
    /// The operations, on the threads of the step.
    public let compute: Compute
    public let arena: Arena
    /// What the step's routing is noted in; nil where nobody wants it.
    public let record: StepRecord?

    public init(batch: Batch, compute: Compute, arena: Arena, record: StepRecord? = nil) {
        self.batch = batch
        self.compute = compute
        self.arena = arena
        self.record = record
    }
}
