import Residency

/// A table that anyone can write: one line for each choice, columns in any order.
///
/// Layout: `layer`, `rank` (or `slot`; 0 is the strongest), `expert`, and where the token stands: `position`
/// in its text. Optional: `sequence` (the text, 0 if left out), `token` (its id), `phase` (`prefill` or
/// `decode`), `weight`, and `step`, the number of the forward step that computed it. Without `position`,
/// `step` is the position. `margin` is passed over. Comments start with `#`; these words in them are facts:
/// `layers N`, `experts N`, `top_k N`, `layer N expert_bytes N`.
///
/// The choices of a token in a layer follow one another. With `step`, tokens of a step may be mixed; without,
/// all lines of a token stand together.
///
/// Lost: without `step`, which tokens were computed together, so that each is a step of its own; without
/// `phase`, which were the prompt's, so that all count as decoded.
struct PlainCSVImporter: TraceImporter {
    static let format = ForeignFormat(
        "csv", "plain table: sequence, position, layer, rank, expert, weight, ... (any order)")

    private enum Field: Int, CaseIterable {
        case sequence, position, step, token, phase, layer, rank, expert, weight, margin
    }

    private typealias Table = NumberTable<Field>

    private static let columns: [Table.Column] = [
        .init("sequence", .sequence), .init("position", .position), .init("step", .step),
        .init("token", .token, .optionalInteger), .init("phase", .phase, .phase), .init("layer", .layer),
        .init("rank", .rank), .init("slot", .rank), .init("expert", .expert), .init("weight", .weight, .real),
        .init("margin", .margin, .ignored),
    ]

    static func recognizes(_ head: FileHead) -> Bool {
        let columns = Set(head.columns)
        return columns.isSuperset(of: ["layer", "expert"]) && !columns.contains("turn")
    }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        try input.withBytes { (text) throws(TraceFilesError) in
            var lines = TextLines(text)
            var declared = DeclaredShape()
            var notes: [String] = []
            guard try readPreamble(&lines, text, into: &declared, of: input) else {
                throw input.malformed(
                    "no header", expected: "a line with the names of the columns",
                    advice: "write one in front of the first choice", at: .file)
            }
            var table = try Table(
                header: lines, text, known: columns,
                required: [[.layer], [.rank], [.expert], [.position, .step]], of: input)
            let hasSteps = table.has(.position) && table.has(.step)
            let hasPhases = table.has(.phase)
            let position: Field = table.has(.position) ? .position : .step
            var assembler = try TraceAssembler(
                input, declared: declared, steps: hasSteps ? .numbered : .onePerToken, places: .lines)
            while try lines.advance(text, of: input) {
                if lines.isEmpty || lines.isComment(text) { continue }
                try table.read(lines, text, of: input)
                let token = TraceAssembler.Token(
                    sequence: table.integer(.sequence), position: table.integer(position),
                    token: table.has(.token) ? table.integer(.token) : -1,
                    phase: hasPhases && table.integer(.phase) == 0 ? .prefill : .decode,
                    step: hasSteps ? table.integer(.step) : 0)
                try assembler.add(
                    token, layer: table.integer(.layer), rank: table.integer(.rank),
                    expert: table.integer(.expert), weight: table.real(.weight), at: lines.number)
            }
            if !hasSteps { notes.append("without a column step, every token is a step of its own") }
            if !hasPhases { notes.append("without a column phase, all tokens count as decoded") }
            return ImportedTrace(.choices(try assembler.finish(notes: &notes)), notes: notes)
        }
    }

    /// Steps to the header, over comments and the facts in them; false where there is none.
    private static func readPreamble(
        _ lines: inout TextLines, _ text: Span<UInt8>, into declared: inout DeclaredShape,
        of input: ImportInput
    ) throws(TraceFilesError) -> Bool {
        while try lines.advance(text, of: input) {
            if lines.isEmpty { continue }
            guard lines.isComment(text) else { return true }
            let words = lines.string(text).split(separator: " ").dropFirst()
            var facts: [Substring: Int] = [:]
            for (name, value) in zip(words, words.dropFirst()) { facts[name] = TextNumbers.clamped(value) }
            let place = ImportInput.Place.line(lines.number)
            if let layer = facts["layer"] {
                try declared.declare(
                    layer: layer, expertBytes: facts["expert_bytes"] ?? 0, at: place, of: input)
            } else {
                try declared.declare(
                    layers: facts["layers"], experts: facts["experts"], expertsPerToken: facts["top_k"],
                    at: place, of: input)
            }
        }
        return false
    }
}
