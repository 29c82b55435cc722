import Generation
import ModelFiles

/// What was recorded, for people and for scripts.
struct TraceText {
    private let summary: TraceSummary

    init(_ summary: TraceSummary) { self.summary = summary }

    var text: String {
        let perChoice =
            summary.bytesPerChoice.map { ", \(ReceiptText.decimal($0, 2)) bytes per choice" } ?? ""
        return TextTable.text([
            ["file", "\(summary.path): \(ByteSize.text(summary.byteCount))\(perChoice)"],
            [
                "recorded",
                "\(summary.tokens) tokens of \(summary.sequences) "
                    + "\(summary.sequences == 1 ? "text" : "texts") in \(summary.steps) steps, "
                    + "\(summary.choices) choices of experts",
            ],
        ])
    }

    var members: [JSONMember] {
        [
            JSONMember(name: "trace", value: .string(summary.path)),
            JSONMember(name: "tokens", value: .count(summary.tokens)),
            JSONMember(name: "steps", value: .count(summary.steps)),
            JSONMember(name: "sequences", value: .count(summary.sequences)),
            JSONMember(name: "choices", value: .count(summary.choices)),
            JSONMember(name: "bytes", value: .count(summary.byteCount)),
            JSONMember(name: "bytes_per_choice", value: .optional(summary.bytesPerChoice)),
        ]
    }
}
