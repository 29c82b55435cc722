/// Walks over the lines of a text, one at a time, without copying any.
struct TextLines {
    /// The number of the line, from 1.
    private(set) var number = 0
    /// Where the line starts, and where it ends without what ends lines.
    private(set) var start = 0
    private(set) var end = 0
    /// Where the next line starts.
    private var next: Int
    private var reportedBytes = 0

    /// What some programs put in front of UTF-8.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// In front of the first line.
    init(_ text: Span<UInt8>) {
        let mark = Self.byteOrderMark
        let isMarked = text.count >= mark.count && mark.indices.allSatisfy { text[$0] == mark[$0] }
        next = isMarked ? mark.count : 0
    }

    /// Steps to the next line; false behind the last.
    ///
    /// - Throws: `limitExceeded` for a line that is longer than any of a trace.
    mutating func advance(_ text: Span<UInt8>, of input: ImportInput) throws(TraceFilesError) -> Bool {
        guard next < text.count else { return false }
        number += 1
        start = next
        var position = next
        let bound = min(text.count, start + ImportLimits.lineBytes + 1)
        while position < bound, text[position] != UInt8(ascii: "\n") { position += 1 }
        guard position - start <= ImportLimits.lineBytes else {
            throw input.error(
                .limitExceeded(
                    limit: "the bytes of a line", found: UInt64(position - start),
                    maximum: UInt64(ImportLimits.lineBytes)), at: .line(number))
        }
        end = position
        next = position + 1
        if end > start, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        if next - reportedBytes >= ImportInput.progressBytes {
            reportedBytes = next
            input.progress(min(next, text.count), text.count)
        }
        return true
    }

    /// Whether there is nothing on the line.
    var isEmpty: Bool { start == end }

    /// Whether the line is a comment.
    func isComment(_ text: Span<UInt8>) -> Bool { !isEmpty && text[start] == UInt8(ascii: "#") }

    /// The line.
    func string(_ text: Span<UInt8>) -> String { Self.string(text, start..<end) }

    /// Bytes as a string; what is no UTF-8 is repaired, which is good enough for names and errors.
    static func string(_ text: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: range.map { text[$0] }, as: UTF8.self)
    }
}
