/// The operations of a forward step on a thread pool: what `Models` calls, and the only way to the C kernels.
///
/// Every output element is computed by one thread in one order that depends neither on the thread count nor on how many rows
/// the call has. Allocates: none. Runs on: engine thread.
public struct Compute: Sendable {
    public let pool: ThreadPool

    public init(pool: ThreadPool) { self.pool = pool }
}
