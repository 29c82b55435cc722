import ExpertStorage
import Foundation
import Generation
import Models
import Residency

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
        rows += [["memory", memory], ["experts", experts]]
        if let disk { rows.append(["disk", disk]) }
        rows.append(["law", law])
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
        guard let streaming = receipt.streaming, let options = receipt.streamingOptions else {
            return "\(receipt.expertSlots), all in memory; \(receipt.expertRequests) requests, "
                + "\(Self.decimal(100 * receipt.hitRate, 0)) % hits"
        }
        let share = Self.decimal(100 * receipt.residency, 0)
        let hits = [("prompt", streaming.prefill), ("answer", streaming.decode)].compactMap { phase in
            phase.1.cache.requests > 0
                ? "\(phase.0) \(Self.decimal(100 * phase.1.cache.hitRate, 1)) % of "
                    + "\(phase.1.cache.requests) hits" : nil
        }
        return "\(receipt.expertSlots) in slots (\(share) %), \(options.policy); "
            + hits.joined(separator: ", ")
    }

    private var disk: String? {
        guard let streaming = receipt.streaming, let options = receipt.streamingOptions else { return nil }
        let total = streaming.total
        let speed = receipt.diskBytesPerSecond.map { " at \(Self.decimal($0 / 1e9, 2)) GB/s" } ?? ""
        let ahead =
            total.guesses > 0
            ? "; read ahead \(total.guesses), of which \(total.guessesUsed) were used"
                + (streaming.prefetch?.paid == false ? ", given up as it did not pay" : "") : ""
        return "\(ByteSize.text(total.bytesRead)) of experts\(speed), \(streaming.method.rawValue), "
            + "\(options.reading.depth) reads of \(ByteSize.text(options.reading.blockBytes)); "
            + "waited \(Self.decimal(total.stallSeconds, 2)) s" + ahead
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
        if let floor = receipt.diskFloorSeconds {
            return limit + ", and \(Self.decimal(floor * 1e3, 1)) ms for what the disk had to give: "
                + "\(Self.decimal(100 * share, 0)) % of the measured time"
        }
        return limit + ", \(Self.decimal(100 * share, 0)) % of the measured time"
    }

    static func decimal(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
