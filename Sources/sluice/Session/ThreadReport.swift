import Generation
import ModelFiles

/// What `sluice doctor --threads` prints.
struct ThreadReport {
    let advice: ThreadAdvice

    var json: JSONValue {
        .members([
            "threads": .list(
                advice.speeds.map {
                    .members([
                        "threads": .count($0.threads),
                        "decode_bytes_per_second": .real($0.decodeBytesPerSecond),
                        "prefill_operations_per_second": .real($0.prefillOperationsPerSecond),
                    ])
                }),
            "best_threads": .members([
                "decode": .count(advice.decodeThreads), "prefill": .count(advice.prefillThreads),
            ]),
            "default_threads": .count(advice.defaultThreads),
            "advice": .list(advice.lines.map(JSONValue.string)),
        ])
    }

    var text: String {
        let rows = advice.speeds.map { speed in
            [
                "\(speed.threads)", ReceiptText.decimal(speed.decodeBytesPerSecond / 1e9, 1),
                ReceiptText.decimal(speed.prefillOperationsPerSecond / 1e9, 0), remark(speed.threads),
            ]
        }
        let header = ["threads", "decode GB/s", "prompt GFLOP/s", ""]
        return TextTable.text([header] + rows, rightAligned: [0, 1, 2], indent: "")
            + TextTable.text(advice.lines.map { ["advice", $0] }, indent: "")
    }

    private func remark(_ threads: Int) -> String {
        let remarks = [
            threads == advice.decodeThreads ? "best for decode" : nil,
            threads == advice.prefillThreads ? "best for the prompt" : nil,
            threads == advice.defaultThreads ? "default" : nil,
        ]
        return remarks.compactMap(\.self).joined(separator: ", ")
    }
}
