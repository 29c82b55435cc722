import Generation
import ModelFiles

/// The speeds of one test.
struct BenchResult {
    let test: BenchSizes.Test
    let threads: Int
    /// Tokens per second of every repetition, ascending.
    let speeds: [Double]
    /// Of the last repetition.
    let receipt: Receipt

    /// `pp512`, or `tg128 @ d4096` behind 4096 tokens.
    var title: String { test.depth > 0 ? "\(test.name) @ d\(test.depth)" : test.name }

    /// The middle speed; of an even number the mean of the middle two.
    var median: Double {
        guard !speeds.isEmpty else { return 0 }
        let middle = speeds.count / 2
        return speeds.count % 2 == 1 ? speeds[middle] : (speeds[middle - 1] + speeds[middle]) / 2
    }

    /// Share of the measured memory bandwidth at which the weights were read; only decoding reads them for
    /// every token.
    var memoryBandwidthShare: Double? {
        guard test.generated > 0, let bandwidth = receipt.memoryBandwidth?.bytesPerSecond, bandwidth > 0
        else {
            return nil
        }
        return median * Double(receipt.bytesPerToken) / bandwidth
    }

    var json: JSONValue {
        .members([
            "test": .string(test.name),
            "depth": .count(test.depth),
            "threads": .count(threads),
            "tokens_per_second": .members([
                "median": .real(median), "min": .real(speeds.first ?? 0), "max": .real(speeds.last ?? 0),
            ]),
            "bytes_per_token": .count(receipt.bytesPerToken),
            "memory_bandwidth_share": .optional(memoryBandwidthShare),
            "receipt": receipt.json,
        ])
    }

    static func table(_ results: [BenchResult]) -> String {
        let rows = results.map { result in
            [
                result.title, "\(result.threads)", ReceiptText.decimal(result.median, 2),
                ReceiptText.decimal(result.speeds.first ?? 0, 2),
                ReceiptText.decimal(result.speeds.last ?? 0, 2),
                ByteSize.text(result.receipt.bytesPerToken),
                result.memoryBandwidthShare.map { ReceiptText.decimal(100 * $0, 0) + " %" } ?? "-",
            ]
        }
        let header = ["test", "threads", "tokens/s", "min", "max", "per token", "of bandwidth"]
        return TextTable.text([header] + rows, rightAligned: [1, 2, 3, 4, 5, 6], indent: "")
    }
}
