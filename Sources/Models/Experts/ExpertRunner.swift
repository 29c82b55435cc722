public import Kernels

/// The seam by which a layer runs its experts: these rows, these experts, these weights: add the result.
///
/// The implementation is chosen once at load (experts mapped in memory, slots filled from disk, worker
/// processes); the step is specialised for it. Results are bit-identical across implementations: expert
/// outputs are added in rank order.
public protocol ExpertRunner {
    /// Why experts may be missing: never, where all are in memory.
    associatedtype Failure: Error

    /// output[t] += sum over ranks r of routing.weight(t, r) * expert(t, r)(rows[t]).
    ///
    /// Shape: output [rows, hiddenSize]. Allocates: none. Runs on: engine thread.
    /// - Parameter isCancelled: asked where the runner waits for long, or works for long.
    /// - Returns: false where it stopped early; the output then means nothing.
    func run(
        _ input: ExpertInput, addingTo output: FloatMatrix, context: StepContext,
        unless isCancelled: () -> Bool
    ) throws(Failure) -> Bool

    /// Called between the halves of layers: reads that nobody waits for go on.
    func tend()

    /// Arena elements that `run` takes for steps of at most `rows` rows.
    func scratchElements(rows: Int) -> Int
}
