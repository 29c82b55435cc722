import Generation
import ModelFiles

/// The result of an evaluation for people and for scripts.
struct EvaluationReport {
    private let summary: EvaluationSummary
    private let windows: EvaluationWindows

    init(_ summary: EvaluationSummary, windows: EvaluationWindows) {
        self.summary = summary
        self.windows = windows
    }

    var text: String {
        let interrupted = summary.wasCancelled ? " of \(windows.windows.count): interrupted" : ""
        var rows = [
            ["perplexity", summary.perplexity.map { ReceiptText.decimal($0, 4) } ?? "nothing was scored"],
            ["nll", summary.natsPerToken.map { ReceiptText.decimal($0, 6) + " nats per token" } ?? ""],
            ["scored", "\(summary.tokensScored) tokens in \(summary.windowsDone) windows\(interrupted)"],
        ]
        if windows.leftOut > 0 { rows.append(["left out", "\(windows.leftOut) tokens"]) }
        if !summary.argmax.isEmpty {
            rows.append(["argmax", summary.argmax.map { "\($0)" }.joined(separator: " ")])
        }
        return TextTable.text(rows, indent: "")
    }

    func json(_ receipt: Receipt) -> JSONValue {
        var members: [JSONMember] = [
            JSONMember(name: "tokens_scored", value: .count(summary.tokensScored)),
            JSONMember(name: "nll", value: .optional(summary.natsPerToken)),
            JSONMember(name: "perplexity", value: .optional(summary.perplexity)),
        ]
        if !summary.argmax.isEmpty {
            members.append(JSONMember(name: "argmax", value: .tokens(summary.argmax)))
        }
        members += [
            JSONMember(name: "windows", value: .count(summary.windowsDone)),
            JSONMember(name: "window_tokens", value: .count(windows.windows.first?.count ?? 0)),
            JSONMember(name: "tokens_left_out", value: .count(windows.leftOut)),
            JSONMember(name: "interrupted", value: .boolean(summary.wasCancelled)),
            JSONMember(name: "receipt", value: receipt.json),
        ]
        return .object(members)
    }
}
