#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One started thread of a pool.
@safe final class WorkerThread: @unchecked Sendable {
    // Unchecked: the handle is set once, before the object is shared.
    private let handle: pthread_t

    /// Starts a thread that works for `state`, or returns nil where the system refuses one.
    init?(index: Int, state: PoolState) {
        let start = unsafe Unmanaged.passRetained(WorkerStart(index: index, state: state))
        #if canImport(Darwin)
        var created: pthread_t?
        #else
        var created: pthread_t = 0
        #endif
        let result = unsafe pthread_create(&created, nil, { unsafe WorkerThread.main($0) }, start.toOpaque())
        #if canImport(Darwin)
        let started = unsafe result == 0 ? created : nil
        #else
        let started = result == 0 ? created : nil
        #endif
        guard let started else {
            unsafe start.release()
            return nil
        }
        handle = started
    }

    /// Waits until the thread has ended.
    func join() {
        // A thread's handle is a number on Linux and a pointer on Darwin.
        #if canImport(Darwin)
        _ = unsafe pthread_join(handle, nil)
        #else
        _ = pthread_join(handle, nil)
        #endif
    }

    private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        let start = unsafe Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
        start.state.work(thread: start.index)
        return nil
    }
}

/// What a new thread is told.
private final class WorkerStart: Sendable {
    let index: Int
    let state: PoolState

    init(index: Int, state: PoolState) {
        self.index = index
        self.state = state
    }
}
