/// When the experts of one layer are done: one disk, one processor, first come first served.
///
/// Times are seconds from the moment in which the layer's experts are known. The closed form of what an event
/// queue would tell: arrivals are evenly spaced, so only the first and the last of a run can be waited for.
struct ExpertSchedule {
    /// Reading one expert in a row of reads, and computing one.
    let readSeconds: Double
    let computeSeconds: Double
    /// From a read on an idle disk to its first byte.
    let latencySeconds: Double
    /// When the last expert is done.
    private(set) var finish = 0.0
    /// When the last one arrived; 0 where none was awaited.
    private(set) var lastArrival = 0.0
    /// Of the time until `finish`, what would grow with the disk's.
    private(set) var criticalDisk = 0.0

    /// - Parameters:
    ///   - residents: experts in memory.
    ///   - demands: those that are read from now on.
    ///   - guesses: those whose reading began `windowSeconds` ago, in front of the demands.
    init(
        residents: Int, demands: Int, guesses: Int, windowSeconds: Double, readSeconds: Double,
        computeSeconds: Double, latencySeconds: Double
    ) {
        self.readSeconds = readSeconds
        self.computeSeconds = computeSeconds
        self.latencySeconds = latencySeconds
        let streamed = max(windowSeconds - latencySeconds, 0)
        let ready = streamed < Double(guesses) * readSeconds ? Int(streamed / readSeconds) : guesses
        finish = Double(residents + ready) * computeSeconds
        // What was begun early is done early, and its delay is the disk's from its beginning on.
        var early = 0.0
        if ready < guesses {
            early = windowSeconds
            let begin = latencySeconds + Double(ready) * readSeconds - windowSeconds
            addArrivals(guesses - ready, begin: begin, early: early)
        }
        if demands > 0 {
            if lastArrival < latencySeconds { early = 0 }
            addArrivals(demands, begin: max(latencySeconds, lastArrival), early: early)
        }
    }

    /// Experts that arrive one after another from `begin` on.
    private mutating func addArrivals(_ count: Int, begin: Double, early: Double) {
        let all = Double(count)
        let afterFirst = begin + readSeconds + all * computeSeconds
        let afterLast = begin + all * readSeconds + computeSeconds
        lastArrival = begin + all * readSeconds
        finish += all * computeSeconds
        guard finish < max(afterFirst, afterLast) else { return }
        finish = max(afterFirst, afterLast)
        criticalDisk = (afterFirst < afterLast ? lastArrival : begin + readSeconds) + early
    }
}
