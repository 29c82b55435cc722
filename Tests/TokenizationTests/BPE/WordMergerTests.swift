import TestSupport
import Testing
import Tokenization

@Suite("Word merger")
struct WordMergerTests {
    /// The definition: over and over, the pair with the lowest rank, the leftmost of equals.
    private func merged(_ word: [String], _ ranks: [String: Int]) -> [String] {
        var word = word
        while true {
            let pairs = zip(word, word.dropFirst()).enumerated().compactMap { index, pair in
                ranks["\(pair.0) \(pair.1)"].map { (rank: $0, index: index) }
            }
            guard let best = pairs.min(by: { ($0.rank, $0.index) < ($1.rank, $1.index) }) else { return word }
            word.replaceSubrange(best.index...best.index + 1, with: [word[best.index] + word[best.index + 1]])
        }
    }

    @Test("merges words of every length as the definition does", arguments: UInt64(0)..<12)
    func definition(seed: UInt64) throws {
        var generator = SeededGenerator.fromEnvironment(fallback: seed)
        // Merges in random order, so that some make pairs of a lower rank than their own.
        var tokens = ["a", "b", "c"]
        var merges: [String] = []
        for _ in 0..<30 {
            let (left, right) = (
                tokens.randomElement(using: &generator) ?? "", tokens.randomElement(using: &generator) ?? ""
            )
            guard left.count + right.count < 9, !merges.contains("\(left) \(right)") else { continue }
            merges.append("\(left) \(right)")
            if !tokens.contains(left + right) { tokens.append(left + right) }
        }
        merges.shuffle(using: &generator)
        let ranks = Dictionary(uniqueKeysWithValues: merges.enumerated().map { ($1, $0) })
        let tokenizer = try TinyVocabulary.byteLevel(merges: merges).load()
        for length in [0, 1, 2, 3, 5, 8, 15, 16, 17, 39, 40, 41, 42, 80, 300] {
            let word = (0..<length).map { _ in ["a", "b", "c"].randomElement(using: &generator) ?? "a" }
            let tokens = try tokenizer.encode(word.joined()).map { tokenizer.text(of: $0) ?? "" }
            #expect(tokens == merged(word, ranks), "seed \(generator.seed), \(word.joined()), \(merges)")
        }
    }

    @Test("a word that comes again gives the same tokens")
    func cached() throws {
        let tokenizer = try TinyVocabulary.byteLevel(merges: ["h e", "l l", "he ll", "Ġ hell"]).load()
        let once = try tokenizer.encode(" hello")
        #expect(
            try tokenizer.encode(String(repeating: " hello", count: 300))
                == Array(repeating: once, count: 300).flatMap(\.self))
    }
}
