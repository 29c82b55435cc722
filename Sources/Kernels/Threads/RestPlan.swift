/// How long a thread that kept the others waiting is left out of jobs.
///
/// A thread whose core another process uses holds its block for a slice of the scheduler, milliseconds, while
/// everybody waits; without it a job takes as long as it takes the others. So whoever is late rests, at first
/// briefly, for it may have been a passing disturbance, and twice as long each time that it is late again
/// soon after its return. The plan decides from times alone and touches no result.
/// Times: nanoseconds, of any clock that does not go back. Runs on: the owner of the pool.
package struct RestPlan {
    /// How long the current rest is, or the last one was.
    package private(set) var length: UInt64 = 0
    /// When those who rest return; nil while nobody rests.
    package private(set) var end: UInt64?
    private var lastReturn: UInt64 = 0

    /// Nobody rests.
    package init() {}

    /// A passing disturbance costs no more than it did already.
    package static let shortest: UInt64 = 2_000_000
    /// A return in vain costs up to a slice, 4 ms: of half a second, less than one percent.
    package static let longest: UInt64 = 512_000_000
    /// With two to a core, the next lateness comes within two slices of the return.
    package static let soon: UInt64 = 50_000_000
    /// Threads that miss each other by less are not late.
    package static let patience: UInt64 = 250_000

    /// Whether a thread that has been waited for since `start` is late, the waiting ones having worked on the
    /// job from `begin` to `start`.
    ///
    /// Where blocks are long, so are the differences between equally fast threads: with one block each, up to
    /// three times as slow a core is not late, and with eight each any core is in time.
    package static func isLate(begin: UInt64, start: UInt64, now: UInt64) -> Bool {
        now &- start > patience &+ 2 &* (start &- begin)
    }

    /// Somebody was late at `now`: everybody who rests does so until the new `end`.
    package mutating func add(now: UInt64) {
        let again = end != nil || now &- lastReturn < Self.soon
        length = again && length > 0 ? min(length * 2, Self.longest) : Self.shortest
        end = now + length
    }

    /// Whether the rest is over at `now`; if so it has ended.
    package mutating func isOver(now: UInt64) -> Bool {
        guard let end, now >= end else { return false }
        self.end = nil
        lastReturn = now
        return true
    }
}
