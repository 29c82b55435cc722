import Foundation
import Generation
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// Where the signal handler writes to; set before the handler is installed.
private let handlerDescriptor = Atomic<Int32>(-1)

/// The signal handler: only calls that POSIX allows in one.
private func passOn(_ number: Int32) {
    var byte = UInt8(truncatingIfNeeded: number)
    unsafe _ = write(handlerDescriptor.load(ordering: .relaxed), &byte, 1)
}

/// What Ctrl-C does: the first one stops the work at hand, one without work at hand ends the program.
final class Interrupts: Sendable {
    static let shared = Interrupts()

    private let work = Mutex<CancellationFlag?>(nil)

    /// Takes over SIGINT and SIGTERM.
    ///
    /// The handler only passes the signal's number through a pipe; a thread of its own does the rest, so that
    /// what it does is ordinary code. SIGPIPE keeps its default: a reader that goes away ends the program
    /// without a word.
    static func install() {
        signal(SIGPIPE, SIG_DFL)
        var descriptors: [Int32] = [-1, -1]
        guard unsafe pipe(&descriptors) == 0 else { return }
        let (arrivals, departures) = (descriptors[0], descriptors[1])
        handlerDescriptor.store(departures, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] { signal(number, passOn) }
        Thread.detachNewThread {
            var number: UInt8 = 0
            while true {
                let count = unsafe read(arrivals, &number, 1)
                if count == 1 { shared.receive(Int32(number)) }
                if count == 0 || (count < 0 && errno != EINTR) { return }
            }
        }
    }

    /// Makes `flag` what the next Ctrl-C stops; nil when nothing is at work.
    func watch(_ flag: CancellationFlag?) { work.withLock { $0 = flag } }

    private func receive(_ number: Int32) {
        let flag = work.withLock { $0 }
        if let flag, !flag.isCancelled, number == SIGINT {
            flag.cancel()
            return
        }
        if StandardError.isTerminal { StandardError.write("\n") }
        _exit(number == SIGTERM ? 128 + SIGTERM : CommandFailure.Code.interrupted.rawValue)
    }
}
