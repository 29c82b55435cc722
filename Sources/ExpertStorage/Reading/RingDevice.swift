#if os(Linux)
import CEventCounter
import Glibc
import Kernels
public import SystemPackage

/// Reads by io_uring: submissions and completions pass through memory that the kernel shares.
///
/// Waiting is done on an event counter that the kernel raises with every completion, because a wait inside
/// the ring reports failed reads without saying which.
@safe public final class RingDevice: ReadDevice {
    public let depth: Int
    private let files: ReadFiles
    private var ring: IORing
    private let event: CInt
    private var isSubmitted = true
    private var underWay = 0

    /// Sets a ring up for at most `depth` reads of `files`.
    ///
    /// - Throws: the system's error where io_uring does not exist or is forbidden (containers often do).
    public init(files: ReadFiles, depth: Int) throws(Errno) {
        precondition(depth >= 1 && depth <= 4096, "a ring of \(depth)")
        var ring = try IORing(queueDepth: UInt32(depth))
        let event = eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC))
        guard event >= 0 else { throw Errno(rawValue: errno) }
        do throws(Errno) {
            try ring.registerEventFD(FileDescriptor(rawValue: event))
        } catch {
            close(event)
            throw error
        }
        self.ring = ring
        self.event = event
        self.files = files
        self.depth = depth
    }

    deinit { close(event) }

    public func submit(_ read: BlockRead) {
        let memory = unsafe UnsafeMutableRawBufferPointer(start: read.destination, count: read.byteCount)
        let isPrepared = unsafe ring.prepare(
            request: .read(
                FileDescriptor(rawValue: files.descriptors[read.file]), into: memory, at: UInt64(read.offset),
                context: UInt64(read.tag)))
        precondition(isPrepared, "more than \(depth) reads under way")
        isSubmitted = false
        underWay += 1
    }

    public func flush() {
        while !isSubmitted {
            do throws(Errno) {
                try ring.submitPreparedRequests()
                isSubmitted = true
            } catch {
                let isPassing =
                    error == .interrupted || error == .resourceTemporarilyUnavailable
                    || error == .resourceBusy
                precondition(isPassing, "the ring of reads takes nothing: \(error)")
            }
        }
    }

    /// The machine's clock.
    public var nowNanoseconds: Int { Int(monotonicNanoseconds()) }

    public func next(timeoutMicroseconds: Int) -> BlockCompletion? {
        flush()
        if let completion = completion() { return completion }
        guard timeoutMicroseconds > 0, underWay > 0 else { return nil }
        // What was counted belongs to completions that were taken without waiting.
        drainEvent()
        if let completion = completion() { return completion }
        var descriptor = pollfd(fd: event, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&descriptor, 1, CInt(max(timeoutMicroseconds / 1000, 1)))
        return completion()
    }

    private func completion() -> BlockCompletion? {
        guard let completion = ring.tryConsumeCompletion() else { return nil }
        underWay -= 1
        return BlockCompletion(tag: Int(completion.context), result: Int(completion.result))
    }

    private func drainEvent() {
        var count: UInt64 = 0
        _ = unsafe read(event, &count, 8)
    }
}
#endif
