import ModelFiles
import Residency

/// `--route-trace` of BigMoeOnEdge, version 1: one line for each choice.
///
/// Layout: comments `# route_trace v1`, `# model=PATH arch=NAME n_layer=N n_expert=N n_expert_used=N` and for
/// each layer `# layer=N expert_bytes=N dense_bytes=N`, then columns `turn, phase, step, layer, slot, expert,
/// weight, residency, expert_bytes, dropped`. `phase` is 0 for prefill; `step` is the position in the
/// context; `weight` may be `nan`; `dropped` came later. Columns are told by name; those from `weight` on may
/// be missing. `n_layer` counts all layers, with experts or without.
///
/// Lost: `residency`, `expert_bytes` and `dropped` of a choice, which tell of that engine's cache, and token
/// ids, which it does not write. A choice that it dropped is kept: the router made it. A turn is a sequence.
/// Steps are not numbered: one ends where the layers fall again, as its lines of a batch go layer by layer.
///
/// Source: github.com/Helldez/BigMoeOnEdge, `core/src/metrics` (the writer) and `docs/telemetry.md`.
struct BigMoeOnEdgeImporter: TraceImporter {
    static let format = ForeignFormat("bigmoeonedge", "BigMoeOnEdge --route-trace, CSV version 1")

    private enum Field: Int, CaseIterable {
        case turn, phase, step, layer, slot, expert, weight, residency, expertBytes, dropped
    }

    private typealias Table = NumberTable<Field>

    private static let columns: [Table.Column] = [
        .init("turn", .turn), .init("phase", .phase, .phase), .init("step", .step), .init("layer", .layer),
        .init("slot", .slot), .init("expert", .expert), .init("weight", .weight, .real),
        .init("residency", .residency), .init("expert_bytes", .expertBytes), .init("dropped", .dropped),
    ]

    /// What the first line says.
    static let title = "# route_trace v"

    static func recognizes(_ head: FileHead) -> Bool {
        head.comment?.hasPrefix(title) == true
            || Set(head.columns).isSuperset(of: ["turn", "phase", "step", "layer", "slot", "expert"])
    }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        try input.withBytes { (text) throws(TraceFilesError) in
            var lines = TextLines(text)
            var declared = DeclaredShape()
            guard try readPreamble(&lines, text, into: &declared, of: input) else {
                throw input.malformed(
                    "no header", expected: "a line turn,phase,step,layer,slot,expert,...",
                    advice: "check that the file is whole", at: .file)
            }
            var table = try Table(
                header: lines, text, known: columns,
                required: [[.turn], [.phase], [.step], [.layer], [.slot], [.expert]], of: input)
            var notes: [String] = []
            var assembler = try TraceAssembler(
                input, declared: declared, steps: .untilLayersFall, places: .lines)
            while try lines.advance(text, of: input) {
                if lines.isEmpty || lines.isComment(text) { continue }
                try table.read(lines, text, of: input)
                let token = TraceAssembler.Token(
                    sequence: table.integer(.turn), position: table.integer(.step),
                    phase: table.integer(.phase) == 0 ? .prefill : .decode)
                try assembler.add(
                    token, layer: table.integer(.layer), rank: table.integer(.slot),
                    expert: table.integer(.expert), weight: table.real(.weight), at: lines.number)
            }
            return ImportedTrace(.choices(try assembler.finish(.steps, notes: &notes)), notes: notes)
        }
    }

    /// Steps to the header, over the comments and what they say.
    private static func readPreamble(
        _ lines: inout TextLines, _ text: Span<UInt8>, into declared: inout DeclaredShape,
        of input: ImportInput
    ) throws(TraceFilesError) -> Bool {
        while try lines.advance(text, of: input) {
            if lines.isEmpty { continue }
            guard lines.isComment(text) else { return true }
            let line = lines.string(text)
            if line.hasPrefix(title) {
                guard line.dropFirst(title.count) == "1" else {
                    throw input.malformed(
                        "version \(quoted(String(line.dropFirst(title.count))))", expected: "version 1",
                        advice: "record it with --route-trace of a version that writes 1",
                        at: .line(lines.number))
                }
                continue
            }
            let facts = facts(line)
            let place = ImportInput.Place.line(lines.number)
            if let layer = facts["layer"] {
                try declared.check(layer: layer, at: place, of: input)
                // A layer without experts has none of their bytes.
                guard let bytes = facts["expert_bytes"], bytes > 0 else { continue }
                try declared.declare(layer: layer, expertBytes: bytes, at: place, of: input)
            } else {
                if let count = facts["n_layer"] {
                    try declared.declare(modelLayers: count, at: place, of: input)
                }
                try declared.declare(
                    experts: facts["n_expert"], expertsPerToken: facts["n_expert_used"], at: place, of: input)
            }
        }
        return false
    }

    /// The integers among `name=value`.
    private static func facts(_ line: String) -> [Substring: Int] {
        var facts: [Substring: Int] = [:]
        for word in line.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1)
            if parts.count == 2, let value = TextNumbers.clamped(parts[1]) { facts[parts[0]] = value }
        }
        return facts
    }
}
