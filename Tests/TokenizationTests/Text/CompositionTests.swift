import Testing
import Tokenization

@Suite("Composition")
struct CompositionTests {
    @Test("composes as the reference does")
    func compositions() throws {
        let pairs = try Fixtures.decode([[String]].self, "compositions.json")
        #expect(pairs.count > 500)
        for pair in pairs {
            let (text, composed) = (pair[0], pair[1])
            #expect(Tokenizer.composed(Array(text.utf8)) == Array(composed.utf8), "\(text.debugDescription)")
            #expect(
                Tokenizer.composed(Array(composed.utf8)) == Array(composed.utf8), "\(text.debugDescription)")
        }
    }
}
