import Kernels
import Testing

@Suite("The rests of late threads")
struct RestPlanTests {
    @Test("call late what takes longer than patience and twice the job so far, both measured")
    func lateness() {
        // A short job: only patience counts.
        #expect(!RestPlan.isLate(begin: 1_000_000, start: 1_010_000, now: 1_010_000 + 270_000))
        #expect(RestPlan.isLate(begin: 1_000_000, start: 1_010_000, now: 1_010_000 + 270_001))
        // A long one, 30 ms: its blocks may differ by twice that.
        #expect(!RestPlan.isLate(begin: 0, start: 30_000_000, now: 90_000_000))
        #expect(RestPlan.isLate(begin: 0, start: 30_000_000, now: 90_250_001))
    }

    @Test("end when their time has come, and not before")
    func ends() {
        var plan = RestPlan()
        let isOverUnasked = plan.isOver(now: 5)
        #expect(!isOverUnasked)
        plan.add(now: 1_000_000_000)
        #expect(plan.end == 1_000_000_000 + RestPlan.shortest)
        let end = 1_000_000_000 + RestPlan.shortest
        let answers = [end - 1, end, .max].map { plan.isOver(now: $0) }
        #expect(answers == [false, true, false])
        #expect(plan.end == nil)
    }

    @Test("double up to a bound while every return is in vain, and start over after a good one")
    func doubles() {
        var plan = RestPlan()
        var now: UInt64 = 1_000_000_000
        var lengths: [UInt64] = []
        for _ in 0..<11 {
            plan.add(now: now)
            lengths.append(plan.length)
            now += plan.length
            let isOver = plan.isOver(now: now)
            #expect(isOver)
            now += RestPlan.soon - 1
        }
        let expected = (0..<11).map { min(RestPlan.shortest << UInt64($0), RestPlan.longest) }
        #expect(lengths == expected && lengths.last == RestPlan.longest)
        now += 1
        plan.add(now: now)
        #expect(plan.length == RestPlan.shortest)
    }

    @Test("double where another is late while one rests")
    func whileResting() {
        var plan = RestPlan()
        plan.add(now: 1_000_000_000)
        plan.add(now: 1_000_500_000)
        #expect(plan.length == 2 * RestPlan.shortest)
        #expect(plan.end == 1_000_500_000 + 2 * RestPlan.shortest)
    }
}
