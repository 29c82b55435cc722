import Generation
import Testing

@Suite("Stop strings")
struct StopMatcherTests {
    static let cases: [(text: String, stops: [String], shown: String, stop: String?)] = [
        ("one two three", ["two"], "one ", "two"),
        ("one two three", ["four"], "one two three", nil),
        ("aaab", ["aab"], "a", "aab"),
        ("ababac tail", ["abac"], "ab", "abac"),
        ("xEND", ["END", "xE"], "", "xE"),
        ("abcd", ["bc", "abcd"], "a", "bc"),
        ("abcd", ["bcd", "abcd"], "", "abcd"),
        ("naïve café", ["é"], "naïve caf", "é"),
        ("日本語。次", ["。"], "日本語", "。"),
        ("end of text EN", ["END"], "end of text EN", nil),
        ("anything", ["", "thing"], "any", "thing"),
        ("anything", [""], "anything", nil),
    ]

    @Test("any split of the text gives the same result", arguments: 0..<12)
    func everySplit(index: Int) {
        let (text, stops, shown, stop) = Self.cases[index]
        let characters = Array(text.unicodeScalars)
        // Every way to cut the text: bit i says whether a piece ends behind character i.
        for cuts in 0..<(1 << (characters.count - 1)) {
            var matcher = StopMatcher(stops: stops)
            var given = ""
            var found: String?
            var piece = String.UnicodeScalarView()
            for (position, character) in characters.enumerated() where found == nil {
                piece.append(character)
                guard position == characters.count - 1 || cuts >> position & 1 == 1 else { continue }
                let outcome = matcher.append(String(piece))
                piece = String.UnicodeScalarView()
                given += outcome.text
                found = outcome.stop
                // Whatever has been given can be seen: it must be a beginning of the result.
                #expect(shown.unicodeScalars.starts(with: given.unicodeScalars))
            }
            if found == nil { given += matcher.finish() }
            #expect(given == shown && found == stop, "cuts \(cuts) of \(text)")
        }
    }

    @Test("holds back no more than the beginning of a stop string")
    func heldBack() {
        var matcher = StopMatcher(stops: ["</end>"])
        #expect(matcher.append("text <").text == "text ")
        #expect(matcher.append("b").text == "<b")
        #expect(matcher.append("> </en").text == "> ")
        #expect(matcher.finish() == "</en")
    }
}
