import Residency
import Testing

@Suite("Whether reading ahead pays")
struct RegretMeterTests {
    /// Runs tokens that take `with` or `without` nanoseconds and notes how each was computed.
    private func run(_ meter: inout RegretMeter, tokens: Int, with: Int, without: Int) -> [Bool] {
        (0..<tokens).map { _ in
            let isOn = meter.isOn
            meter.record(nanoseconds: isOn ? with : without)
            return isOn
        }
    }

    @Test("a trial alternates windows, then keeps to what was faster")
    func trial() {
        for (with, without, paid) in [(90, 100, true), (100, 90, false), (100, 100, true)] {
            var meter = RegretMeter()
            let plan = RegretMeter.Plan()
            let window = plan.windowTokens
            let decisions = run(&meter, tokens: plan.warmUpTokens + 4 * window, with: with, without: without)
            #expect(decisions[..<plan.warmUpTokens].allSatisfy { $0 })
            let trial = Array(decisions[plan.warmUpTokens...])
            #expect(trial == (0..<4 * window).map { $0 / window % 2 == 0 })
            #expect(meter.report.paid == paid && meter.isOn == paid)
            #expect(meter.report.netNanosecondsPerToken == without - with)
            #expect(meter.report.tokensWith == plan.warmUpTokens + 2 * window)
            #expect(meter.report.tokensWithout == 2 * window)
        }
    }

    @Test("less than the noise does not end it")
    func noise() {
        var meter = RegretMeter()
        _ = run(&meter, tokens: 48, with: 101, without: 100)
        #expect(meter.report.paid == true && meter.report.netNanosecondsPerToken == -1)
        var worse = RegretMeter()
        _ = run(&worse, tokens: 48, with: 103, without: 100)
        #expect(worse.report.paid == false)
    }

    @Test("a verdict that repeats itself holds twice as long, and a change of the world changes it")
    func verdicts() {
        var meter = RegretMeter()
        let plan = RegretMeter.Plan()
        let trial = 2 * plan.windowPairs * plan.windowTokens
        _ = run(&meter, tokens: plan.warmUpTokens + trial, with: 120, without: 100)
        #expect(meter.report.paid == false)
        // The first verdict: not one token is read ahead for.
        #expect(!run(&meter, tokens: plan.verdictTokens, with: 120, without: 100).contains(true))
        #expect(run(&meter, tokens: trial, with: 120, without: 100).filter { $0 }.count == trial / 2)
        #expect(!run(&meter, tokens: 2 * plan.verdictTokens, with: 120, without: 100).contains(true))
        // Now it pays.
        _ = run(&meter, tokens: trial, with: 80, without: 100)
        #expect(meter.report.paid == true && meter.isOn)
        #expect(!run(&meter, tokens: plan.verdictTokens, with: 80, without: 100).contains(false))
    }

    @Test("without trials it stays on, whatever it costs")
    func noTrials() {
        var plan = RegretMeter.Plan()
        plan.hasTrials = false
        var meter = RegretMeter(plan)
        #expect(!run(&meter, tokens: 500, with: 200, without: 100).contains(false))
        #expect(meter.report.paid == nil && meter.report.tokensWith == 500)
    }
}
