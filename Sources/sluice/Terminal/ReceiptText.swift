import Foundation
import Generation

/// The receipt for people.
struct ReceiptText {
    private let receipt: Receipt
    private let hasColour: Bool

    init(_ receipt: Receipt, hasColour: Bool) {
        self.receipt = receipt
        self.hasColour = hasColour
    }

    var text: String {
        var rows = [
            [
                "model",
                "\(receipt.architecture), \(receipt.threads) "
                    + "\(receipt.threads == 1 ? "thread" : "threads"), \(receipt.instructionSet)",
            ],
            ["prompt", speed(receipt.promptTokens, receipt.prefillSeconds, receipt.prefillTokensPerSecond)],
        ]
        if receipt.generatedTokens > 0 {
            rows.append([
                "answer",
                speed(receipt.generatedTokens, receipt.decodeSeconds, receipt.decodeTokensPerSecond),
            ])
        }
        rows += [["memory", memory], ["experts", experts], ["law", law]]
        return title("receipt") + "\n" + TextTable.text(rows)
    }

    private func title(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    private func speed(_ tokens: Int, _ seconds: Double, _ rate: Double) -> String {
        "\(tokens) tokens, \(Self.decimal(seconds, 2)) s, \(Self.decimal(rate, 1)) tokens/s"
    }

    private var memory: String {
        let peak = receipt.memoryPeakBytes.map(ByteSize.text) ?? "unknown"
        let budget = receipt.memoryBudgetBytes.map { " of \(ByteSize.text($0)) allowed" } ?? ""
        return "peak \(peak)\(budget); \(ByteSize.text(receipt.diskReadBytes)) read from disk"
    }

    private var experts: String {
        guard receipt.expertSlots > 0 else { return "none: a dense model" }
        return "\(receipt.expertSlots), all in memory; \(receipt.expertRequests) requests, "
            + "\(Self.decimal(100 * receipt.hitRate, 0)) % hits"
    }

    private var law: String {
        let size = "\(ByteSize.text(receipt.bytesPerToken)) of weights per token"
        guard let bandwidth = receipt.memoryBandwidth?.bytesPerSecond, let floor = receipt.computeFloorSeconds
        else {
            return size
        }
        let limit =
            "\(size) at \(Self.decimal(bandwidth / 1e9, 1)) GB/s: at least \(Self.decimal(floor * 1e3, 2)) ms"
        guard let share = receipt.lawShare else { return limit }
        return limit + ", \(Self.decimal(100 * share, 0)) % of the measured time"
    }

    static func decimal(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
