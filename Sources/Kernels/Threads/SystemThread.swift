#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A thread of its own, for work that waits or computes for long and must not block Swift's shared pool.
@safe public final class SystemThread: @unchecked Sendable {
    // Unchecked: the handle is set once, before the object is shared.
    private let handle: pthread_t

    /// Starts a thread that runs `body`, or returns nil where the system refuses one. Allocates: once.
    public init?(_ body: @escaping @Sendable () -> Void) {
        let start = unsafe Unmanaged.passRetained(ThreadBody(body))
        // A thread's handle is a number on Linux and a pointer on Darwin.
        #if canImport(Darwin)
        var created: pthread_t?
        #else
        var created: pthread_t = 0
        #endif
        let result = unsafe pthread_create(&created, nil, { unsafe SystemThread.main($0) }, start.toOpaque())
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

    /// Waits until the body has ended; once.
    public func join() {
        #if canImport(Darwin)
        _ = unsafe pthread_join(handle, nil)
        #else
        _ = pthread_join(handle, nil)
        #endif
    }

    private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
}

/// What a new thread runs.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
