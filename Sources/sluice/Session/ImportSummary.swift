import Generation
import ModelFiles
import Residency
import TraceFiles

/// What an import brought, for people and for scripts.
struct ImportSummary {
    private let imported: ImportedTrace
    private let path: String

    init(_ imported: ImportedTrace, path: String) {
        self.imported = imported
        self.path = path
    }

    private var shape: TraceShape {
        switch imported.content {
        case .choices(let trace): trace.shape
        case .usage(let usage): usage.shape
        }
    }

    /// Tokens, texts, steps and choices of a trace with order; choices alone of counts.
    private var counts: (tokens: Int?, sequences: Int?, steps: Int?, choices: Int) {
        switch imported.content {
        case .choices(let trace):
            let rows = trace.rows
            let steps = zip(rows, rows.dropFirst()).count { $0.step != $1.step } + (rows.isEmpty ? 0 : 1)
            let choices = trace.withChoices { span in
                span.indices.count { span[$0] != RoutingTrace.noExpert }
            }
            return (rows.count, Set(rows.map(\.sequence)).count, steps, choices)
        case .usage(let usage):
            // An importer lets no sum of counts overflow.
            return (nil, nil, nil, Int(clamping: usage.counts.reduce(0, +)))
        }
    }

    var text: String {
        let counts = counts
        var rows = [["trace", "\(path), from \(imported.format)"]]
        if let tokens = counts.tokens, let sequences = counts.sequences, let steps = counts.steps {
            rows.append([
                "tokens",
                "\(tokens) of \(sequences) \(sequences == 1 ? "text" : "texts") in \(steps) steps, "
                    + "\(counts.choices) choices",
            ])
            rows.append([
                "model",
                "\(shape.numbering.layerCount) layers of \(shape.numbering.expertCount) experts, "
                    + "\(shape.expertsPerToken) for a token",
            ])
        } else {
            rows.append(["counts", "\(counts.choices) choices, without order"])
            rows.append([
                "model",
                "\(shape.numbering.layerCount) layers of \(shape.numbering.expertCount) experts",
            ])
        }
        rows += imported.notes.map { ["note", $0] }
        return TextTable.text(rows, indent: "")
    }

    var json: JSONValue {
        let counts = counts
        return .members([
            "trace": .string(path), "format": .string(imported.format),
            "has_order": .boolean(counts.tokens != nil), "tokens": .optional(counts.tokens),
            "sequences": .optional(counts.sequences), "steps": .optional(counts.steps),
            "choices": .count(counts.choices), "layers": .count(shape.numbering.layerCount),
            "experts": .count(shape.numbering.expertCount),
            "experts_per_token": .optional(counts.tokens.map { _ in shape.expertsPerToken }),
            "expert_bytes": .list(shape.expertBytes.map { .count($0) }),
            "notes": .list(imported.notes.map { .string($0) }),
        ])
    }
}
