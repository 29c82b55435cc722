/// Watches generated text for stop strings, however the text is cut into pieces.
///
/// Text that could be the beginning of a stop string is held back until more text decides, so that no part of
/// a stop string is ever passed on. With several stop strings the one that is complete first ends the text;
/// where two are complete at the same byte, the one that began first.
public struct StopMatcher: Sendable {
    /// What a piece of text led to.
    public struct Outcome: Sendable, Equatable {
        /// Text that is certainly no part of a stop string.
        public var text: String
        /// The stop string that ended the text; nothing follows it.
        public var stop: String?
    }

    private let stops: [(text: String, bytes: [UInt8])]
    private let longest: Int
    /// Bytes not passed on yet: shorter than the longest stop string, and the start of one.
    private var held: [UInt8] = []

    /// Empty strings are left out: they would stop before the first byte.
    public init(stops: [String]) {
        self.stops = stops.filter { !$0.isEmpty }.map { ($0, Array($0.utf8)) }
        longest = self.stops.map(\.bytes.count).max() ?? 0
    }

    /// Takes the next piece, which must consist of whole UTF-8 sequences.
    public mutating func append(_ piece: String) -> Outcome {
        if stops.isEmpty { return Outcome(text: piece, stop: nil) }
        held.append(contentsOf: piece.utf8)
        if let match = firstMatch() {
            let text = String(decoding: held[..<match.start], as: UTF8.self)
            held.removeAll(keepingCapacity: true)
            return Outcome(text: text, stop: match.stop)
        }
        let keep = heldStart()
        let text = String(decoding: held[..<keep], as: UTF8.self)
        held.removeFirst(keep)
        return Outcome(text: text, stop: nil)
    }

    /// What was held back, once no more text comes.
    public mutating func finish() -> String {
        defer { held.removeAll(keepingCapacity: true) }
        return String(decoding: held, as: UTF8.self)
    }

    private func firstMatch() -> (start: Int, stop: String)? {
        for end in 0...held.count {
            var earliest: (start: Int, stop: String)?
            for stop in stops where held[..<end].ends(with: stop.bytes) {
                let start = end - stop.bytes.count
                if earliest.map({ start < $0.start }) ?? true { earliest = (start, stop.text) }
            }
            if let earliest { return earliest }
        }
        return nil
    }

    /// First byte from which the held text is a proper prefix of a stop string.
    private func heldStart() -> Int {
        for start in max(0, held.count - longest + 1)..<max(held.count, 1) where start < held.count {
            let tail = held[start...]
            if stops.contains(where: { $0.bytes.count > tail.count && $0.bytes.starts(with: tail) }) {
                return start
            }
        }
        return held.count
    }
}

extension Collection where Element: Equatable, Self: BidirectionalCollection {
    /// Whether the last elements are `suffix`.
    fileprivate func ends(with suffix: [Element]) -> Bool {
        count >= suffix.count && self.suffix(suffix.count).elementsEqual(suffix)
    }
}
