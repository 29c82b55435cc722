import Foundation
import Generation
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// What Ctrl-C does: the first one stops the work at hand, one without work at hand ends the program.
final class Interrupts: Sendable {
    static let shared = Interrupts()

    private let work = Mutex<CancellationFlag?>(nil)

    /// Takes over SIGINT and SIGTERM; must run before any other thread starts, because those inherit the
    /// mask.
    ///
    /// A thread waits for the signals instead of a handler, so that what it does is ordinary code.
    static func install() {
        signal(SIGPIPE, SIG_DFL)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGINT)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        let waited = signals
        Thread.detachNewThread {
            var signals = waited
            var received: Int32 = 0
            while unsafe sigwait(&signals, &received) == 0 { shared.receive(received) }
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
