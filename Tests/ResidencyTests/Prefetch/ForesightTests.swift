import Residency
import Testing

@Suite("Foresight")
struct ForesightTests {
    @Test("keeps its guesses in order, counts the right ones and cuts the last ones off")
    func order() {
        var foresight = Foresight()
        for isRight in [true, false, true, true] { foresight.append(isRight: isRight) }
        #expect(foresight.count == 4 && foresight.rightCount == 3)
        #expect((0..<4).map { foresight[$0] } == [true, false, true, true])
        let first = foresight.prefix(2)
        #expect(first.count == 2 && first.rightCount == 1 && first[0] && !first[1])
        #expect(foresight.prefix(9) == foresight && foresight.prefix(0) == Foresight())
    }

    @Test("tells as many guesses apart as it has room for")
    func capacity() {
        let full = Foresight(right: Foresight.capacity + 3)
        #expect(full.count == Foresight.capacity && full.rightCount == Foresight.capacity)
        var more = full
        more.append(isRight: true)
        #expect(more == full)
        #expect(Foresight(right: 3).prefix(2) == Foresight(right: 2))
    }
}
