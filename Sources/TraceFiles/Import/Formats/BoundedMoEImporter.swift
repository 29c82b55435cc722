import Residency

/// The trace of bounded-moe: one line for each token and layer, with the ids of eight experts.
///
/// Layout: `sequence,layer,expert0,...,expert7`; `sequence` counts the lines from 0.
///
/// Lost: weights, token ids, texts and phases. A step ends where the layers fall; lines of the same layer
/// follow one another for tokens that were computed together, which are taken as a prompt's.
///
/// Source: github.com/kornpaksittikool-beep/bounded-moe, `patches/new-files/ggml/src/ggml-routing-trace.cpp`.
struct BoundedMoEImporter: TraceImporter {
    static let format = ForeignFormat("bounded-moe", "bounded-moe LLAMA_ROUTING_TRACE_OUT, CSV")

    private enum Field: Int, CaseIterable {
        case sequence, layer, expert0, expert1, expert2, expert3, expert4, expert5, expert6, expert7
    }

    private typealias Table = NumberTable<Field>

    private static let experts: [Field] = [
        .expert0, .expert1, .expert2, .expert3, .expert4, .expert5, .expert6, .expert7,
    ]

    private static let columns: [Table.Column] =
        [.init("sequence", .sequence), .init("layer", .layer)]
        + experts.enumerated().map { .init("expert\($0)", $1) }

    static func recognizes(_ head: FileHead) -> Bool { head.columns.contains("expert0") }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        try input.withBytes { (text) throws(TraceFilesError) in
            var lines = TextLines(text)
            _ = try lines.advance(text, of: input)
            var table = try Table(
                header: lines, text, known: columns, required: Field.allCases.map { [$0] }, of: input)
            var declared = DeclaredShape()
            declared.expertsPerToken = experts.count
            var assembler = try TraceAssembler(
                input, declared: declared, steps: .numbered, places: .lines)
            var rows = UnnamedRows()
            var next = 0
            while try lines.advance(text, of: input) {
                if lines.isEmpty { continue }
                try table.read(lines, text, of: input)
                guard table.integer(.sequence) == next else {
                    throw input.malformed(
                        "sequence \(table.integer(.sequence))", expected: "\(next)",
                        advice: "lines are missing or out of order; record it again", at: .line(lines.number))
                }
                next += 1
                let layer = table.integer(.layer)
                try assembler.begin(rows.token(layer: layer), layer: layer, at: lines.number)
                for expert in experts {
                    try assembler.choose(table.integer(expert), at: lines.number)
                }
            }
            var notes = ["the format has no texts and phases: one text, tokens computed together as a prompt"]
            let trace = try assembler.finish([.phases, .steps], notes: &notes)
            return ImportedTrace(.choices(trace), notes: notes)
        }
    }
}
