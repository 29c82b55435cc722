import ModelFiles
import Residency

/// `ROUTE_TRACE` of colibri: one line for each token and layer.
///
/// Layout: `CALL ROW LAYER EXPERT:WEIGHT EXPERT:WEIGHT ...`. A call is one layer of one forward step and
/// counts up; rows of a call are the tokens computed together, from 0.
///
/// Lost: token ids, texts and phases. Everything is one text; tokens computed together are taken as a
/// prompt's, which also those that a speculation guessed look like.
///
/// Source: github.com/JustVugg/colibri, `docs/routing-telemetry.md` and `c/route_trace.h`.
struct ColibriTraceImporter: TraceImporter {
    static let format = ForeignFormat("colibri", "colibri ROUTE_TRACE, text")

    static func recognizes(_ head: FileHead) -> Bool {
        let words = (head.lines.first ?? "").split(separator: " ")
        return words.count > 3 && words.prefix(3).allSatisfy { Int($0) != nil }
            && words.dropFirst(3).allSatisfy { $0.contains(":") }
    }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        try input.withBytes { (text) throws(TraceFilesError) in
            var lines = TextLines(text)
            var assembler = try TraceAssembler(input, steps: .numbered, places: .lines)
            var rows = UnnamedRows()
            var lastCall = -1
            var nextRow = 0
            while try lines.advance(text, of: input) {
                if lines.isEmpty { continue }
                var position = lines.start
                let call = try integer("a call", text, &position, lines, input)
                let row = try integer("a row", text, &position, lines, input)
                let layer = try integer("a layer", text, &position, lines, input)
                guard call >= lastCall else {
                    throw input.malformed(
                        "call \(call) after call \(lastCall)", expected: "calls that do not fall",
                        advice: "two traces were joined; import them one by one", at: .line(lines.number))
                }
                if call != lastCall { nextRow = 0 }
                guard row == nextRow else {
                    throw input.malformed(
                        "row \(row)", expected: "row \(nextRow) of call \(call)",
                        advice: "lines are missing or out of order; record it again", at: .line(lines.number))
                }
                let token = rows.token(layer: layer, startsAnew: call != lastCall)
                try assembler.begin(token, layer: layer, at: lines.number)
                try readChoices(text, &position, lines, into: &assembler, input)
                lastCall = call
                nextRow += 1
            }
            var notes = ["the format has no texts and phases: one text, tokens computed together as a prompt"]
            return ImportedTrace(.choices(try assembler.finish(.phases, notes: &notes)), notes: notes)
        }
    }

    /// Reads `EXPERT:WEIGHT` to the end of the line.
    private static func readChoices(
        _ text: Span<UInt8>, _ position: inout Int, _ lines: TextLines, into assembler: inout TraceAssembler,
        _ input: ImportInput
    ) throws(TraceFilesError) {
        while position < lines.end {
            let expert = try integer("an expert", text, &position, lines, input, endsWith: ":")
            guard let weight = TextNumbers.real(text, &position, end: lines.end) else {
                throw unreadable("a weight behind expert \(expert)", text, position, lines, input)
            }
            try assembler.choose(expert, weight: weight, at: lines.number)
            skipSpace(text, &position, lines.end)
        }
    }

    /// Reads an integer and what follows it.
    private static func integer(
        _ what: String, _ text: Span<UInt8>, _ position: inout Int, _ lines: TextLines, _ input: ImportInput,
        endsWith ending: Unicode.Scalar = " "
    ) throws(TraceFilesError) -> Int {
        let start = position
        guard let value = TextNumbers.integer(text, &position, end: lines.end), value >= 0,
            position < lines.end, text[position] == UInt8(ascii: ending)
        else { throw unreadable("\(what) and '\(ending)'", text, start, lines, input) }
        position += 1
        if ending == " " { skipSpace(text, &position, lines.end) }
        return value
    }

    private static func skipSpace(_ text: Span<UInt8>, _ position: inout Int, _ end: Int) {
        while position < end, text[position] == UInt8(ascii: " ") { position += 1 }
    }

    private static func unreadable(
        _ expected: String, _ text: Span<UInt8>, _ position: Int, _ lines: TextLines, _ input: ImportInput
    ) -> TraceFilesError {
        let rest = TextLines.string(text, position..<min(lines.end, position + 20))
        return input.malformed(
            rest.isEmpty ? "the end of the line" : quoted(rest), expected: expected,
            advice: "expected lines CALL ROW LAYER EXPERT:WEIGHT ...; the last line of a killed run may be "
                + "cut, remove it", at: .line(lines.number))
    }
}
