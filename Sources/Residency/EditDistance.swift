/// How far two words are from one another.
public enum EditDistance {
    /// The fewest letters to insert, delete or replace to make one of the other.
    ///
    /// Cost: product of the lengths; allocates.
    public static func between(_ first: String, _ second: String) -> Int {
        let letters = Array(second)
        var row = Array(0...letters.count)
        for (index, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in letters.indices {
                let replaced = diagonal + (letter == letters[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[letters.count]
    }

    /// The word of `words` with the fewest letters to change, nil where none is near: where more than half of
    /// the letters differ.
    public static func nearest(to text: String, among words: [String]) -> String? {
        let distances = words.map { ($0, between(text, $0)) }
        guard let best = distances.min(by: { $0.1 < $1.1 }), best.1 <= max(text.count / 2, 1) else {
            return nil
        }
        return best.0
    }
}
