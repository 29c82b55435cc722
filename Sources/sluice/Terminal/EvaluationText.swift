import Generation
import ModelFiles

/// The result of an evaluation for people.
struct EvaluationText {
    private let summary: EvaluationSummary
    private let windows: EvaluationWindows
    private let showsArgmax: Bool

    init(_ summary: EvaluationSummary, windows: EvaluationWindows, showsArgmax: Bool) {
        self.summary = summary
        self.windows = windows
        self.showsArgmax = showsArgmax
    }

    var text: String {
        var rows = [
            ["perplexity", summary.perplexity.map { ReceiptText.decimal($0, 4) } ?? "nothing was scored"],
            ["nll", summary.natsPerToken.map { ReceiptText.decimal($0, 6) + " nats per token" } ?? ""],
            [
                "scored",
                "\(summary.tokensScored) tokens in \(summary.windowsDone) windows"
                    + (summary.wasCancelled ? " of \(windows.windows.count): interrupted" : ""),
            ],
        ]
        if windows.leftOut > 0 { rows.append(["left out", "\(windows.leftOut) tokens"]) }
        if showsArgmax { rows.append(["argmax", summary.argmax.map { "\($0)" }.joined(separator: " ")]) }
        return TextTable.text(rows, indent: "")
    }
}
