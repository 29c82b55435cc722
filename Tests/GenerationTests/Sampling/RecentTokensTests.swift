import Generation
import ModelFiles
import TestSupport
import Testing

@Suite("Repetition penalties")
struct RecentTokensTests {
    @Test("repetition divides positive and multiplies negative logits, frequency counts, presence does not")
    func rules() {
        var penalties = RepetitionPenalties()
        penalties.repetition = 2
        penalties.frequency = 0.5
        penalties.presence = 0.25
        penalties.window = 4
        #expect(penalized([4, -4, 4, 4], history: [0, 1, 1], penalties) == [1.25, -9.25, 4, 4])
    }

    @Test("what has left the window costs nothing any more")
    func window() {
        var penalties = RepetitionPenalties()
        penalties.presence = 1
        penalties.window = 2
        #expect(penalized([0, 0, 0, 0], history: [0, 1, 2], penalties) == [0, -1, -1, 0])
        penalties.window = 0
        #expect(penalized([0, 0, 0, 0], history: [0, 1, 2], penalties) == [0, 0, 0, 0])
        penalties.window = -1
        #expect(penalized([0, 0, 0, 0], history: [0, 1, 2], penalties) == [-1, -1, -1, 0])
    }

    @Test("agrees with counting the window anew, for random histories")
    func bruteForce() {
        var generator = SeededGenerator.fromEnvironment(fallback: 2)
        for _ in 0..<200 {
            var penalties = RepetitionPenalties()
            penalties.frequency = 1
            penalties.window = Int.random(in: 1...6, using: &generator)
            let history = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
                Int.random(in: 0..<4, using: &generator)
            }
            let window = history.suffix(penalties.window)
            let expected = (0..<4).map { token in -Float(window.count { $0 == token }) }
            #expect(
                penalized([0, 0, 0, 0], history: history, penalties) == expected, "seed \(generator.seed)")
        }
    }

    private func penalized(_ logits: [Float], history: [Int], _ penalties: RepetitionPenalties) -> [Float] {
        let window = penalties.window < 0 ? 100 : penalties.window
        var recent = RecentTokens(window: window, vocabularySize: logits.count)
        for token in history { recent.append(TokenID(Int32(token))) }
        var logits = logits
        recent.apply(penalties, to: &logits)
        return logits
    }
}
