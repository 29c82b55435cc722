import Synchronization

/// Asks a request to stop; the engine looks at it before every step, and within those of a prompt.
public final class CancellationFlag: Sendable {
    private let isSet = Atomic<Bool>(false)

    /// Nobody has asked yet.
    public init() {}

    /// Whether somebody asked. Runs on: any thread.
    public var isCancelled: Bool { isSet.load(ordering: .relaxed) }

    /// Asks to stop: what was generated so far stays valid. Runs on: any thread.
    public func cancel() { isSet.store(true, ordering: .relaxed) }
}
