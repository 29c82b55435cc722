/// When the experts of one layer are done: one disk, one processor, first come first served.
///
/// Times are seconds from the moment in which the layer's experts are known. The closed form of what an event
/// queue would tell: arrivals are evenly spaced, so only the first and the last of a run can be waited for.
struct ExpertSchedule {
    /// What every layer's schedule goes by.
    struct Rates {
        /// Reading one expert in a row of reads, and computing one.
        let readSeconds: Double
        let computeSeconds: Double
        /// From a read on an idle disk to its first byte.
        let latencySeconds: Double
        /// Reading what is under way at a time for nobody who waits.
        let guessSeconds: Double
    }

    /// What the disk was doing for nobody who waited, when the experts became known.
    struct ReadAhead {
        /// What is read one after another.
        let guesses: Foresight
        /// For how long.
        let windowSeconds: Double
        /// For how long of it the disk was still at earlier guesses that were wrong.
        let busySeconds: Double
    }

    private let rates: Rates
    /// When the last expert is done.
    private(set) var finish = 0.0
    /// When the last one arrived; 0 where none was awaited.
    private(set) var lastArrival = 0.0
    /// When the disk has nothing to do any more; 0 where it has not at the beginning.
    private(set) var diskEnd = 0.0
    /// Of the time until `finish`, what would grow with the disk's.
    private(set) var criticalDisk = 0.0
    /// What the disk read for guesses that were wrong.
    private(set) var wastedSeconds = 0.0

    /// - Parameters:
    ///   - residents: experts in memory.
    ///   - demands: those that are read from now on.
    ///   - ahead: what has come is there; the rest of the right guesses is read in front of the demands. The
    ///     wrong ones are called off: of these only what is under way still comes, in front of all others.
    ///
    /// What is under way saves nothing: on the disk measured, it comes no earlier than if it were asked for
    /// now.
    init(residents: Int, demands: Int, ahead: ReadAhead, rates: Rates) {
        self.rates = rates
        let firstByte = max(rates.latencySeconds, ahead.busySeconds)
        let streamed = max(ahead.windowSeconds - firstByte, 0)
        let issued = ahead.windowSeconds > 0 ? streamed + rates.guessSeconds : 0
        finish = Double(residents) * rates.computeSeconds
        // Where a guess begins and ends in all that is read ahead, and what of all so far is still to come.
        var place = 0.0
        var missing = min(max(ahead.busySeconds - ahead.windowSeconds, 0), rates.guessSeconds)
        for index in 0..<ahead.guesses.count {
            let isRight = ahead.guesses[index]
            let end = isRight ? place + rates.readSeconds : min(place + rates.readSeconds, max(issued, place))
            if !isRight { wastedSeconds += end - place }
            missing += max(end - max(place, streamed), 0)
            place = end
            guard isRight else { continue }
            if end <= streamed {
                finish += rates.computeSeconds
            } else {
                // What came early is the disk's time since its beginning.
                let early = streamed > 0 ? ahead.windowSeconds : 0
                addArrivals(1, begin: rates.latencySeconds + missing - rates.readSeconds, early: early)
            }
        }
        if demands > 0 {
            let early = missing > 0 && streamed > 0 ? ahead.windowSeconds : 0
            addArrivals(demands, begin: rates.latencySeconds + missing, early: early)
        }
        if place > 0 { diskEnd = max(firstByte + place - ahead.windowSeconds, 0) }
        if lastArrival > 0 { diskEnd = rates.latencySeconds + missing + Double(demands) * rates.readSeconds }
    }

    /// Experts that arrive one after another from `begin` on.
    private mutating func addArrivals(_ count: Int, begin: Double, early: Double) {
        let all = Double(count)
        let afterFirst = begin + rates.readSeconds + all * rates.computeSeconds
        let afterLast = begin + all * rates.readSeconds + rates.computeSeconds
        lastArrival = begin + all * rates.readSeconds
        finish += all * rates.computeSeconds
        guard finish < max(afterFirst, afterLast) else { return }
        finish = max(afterFirst, afterLast)
        criticalDisk = (afterFirst < afterLast ? lastArrival : begin + rates.readSeconds) + early
    }
}
