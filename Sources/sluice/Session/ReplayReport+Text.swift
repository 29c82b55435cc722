import Generation
import ModelFiles
import Residency

extension ReplayReport {
    /// Hit rates with a line for each policy and a column for each budget, a table for each allocation.
    var text: String {
        var text = heading
        for allocation in distinct(\.allocation) {
            let ofAllocation = results.filter { $0.allocation == allocation }
            text += "\nhit rate of all tokens, allocation \(allocation)\n"
            text += Self.table(ofAllocation.filter { $0.predictor == results[0].predictor }) { result in
                ReceiptText.decimal(100 * result.counters.hitRate, 1)
            }
            let known = ofAllocation.filter { $0.predictor == results[0].predictor && $0.bytesRead != nil }
            if !known.isEmpty {
                text += "\nMB read for a token, allocation \(allocation)\n"
                text += Self.table(known) { result in
                    ReceiptText.decimal(Double(result.bytesRead ?? 0) / 1e6 / Double(max(rows, 1)), 2)
                }
            }
            for predictor in distinct(\.predictor) {
                let timed = ofAllocation.filter { $0.predictor == predictor && $0.tokensPerSecond != nil }
                if timed.isEmpty { continue }
                let phase = timed[0].timedPhase == .decode ? "generated tokens" : "the prompt"
                text += "\ntokens/s of \(phase), allocation \(allocation), predictor \(predictor)\n"
                text += Self.table(timed) { result in
                    let band = result.errorBand.map { " ±\(ReceiptText.decimal(100 * $0, 0)) %" } ?? ""
                    return ReceiptText.decimal(result.tokensPerSecond ?? 0, 2) + band
                }
                text += "\nof that time computing / waiting for the disk / without bytes, %\n"
                text += Self.table(timed) { result in
                    result.timeShares.map { ReceiptText.decimal(100 * $0, 0) }.joined(separator: "/")
                }
            }
        }
        if !results.contains(where: { $0.tokensPerSecond != nil }) {
            text +=
                "\nno tokens/s without a machine: `sluice doctor --machine machine.toml -m MODEL` measures "
                + "one for --machine machine.toml\n"
        }
        return text
    }

    private var heading: String {
        var text =
            "\(traces.joined(separator: ", ")): \(rows) tokens, \(events) events; "
            + TraceInput.words(shape)
        if let bytes = expertBytes?.max() { text += ", \(ByteSize.text(bytes)) each" }
        text += "\n"
        if isPerAccess { text += "every access is an event of its own\n" }
        if streams > 1 { text += "\(streams) texts take turns\n" }
        if results.contains(where: { $0.fit == .heldOut }) {
            text += "* fitted on \(fitTraces.joined(separator: ", ")), judged on another trace\n"
        }
        if results.contains(where: { $0.fit == .inSample }) {
            text += "! in-sample: fitted on the trace that it is judged on, so no more than a bound\n"
        }
        return text
    }

    private func distinct(_ name: KeyPath<ReplayResult, String>) -> [String] {
        results.reduce(into: []) { if !$0.contains($1[keyPath: name]) { $0.append($1[keyPath: name]) } }
    }

    private static func table(_ results: [ReplayResult], cell: (ReplayResult) -> String) -> String {
        let budgets = Set(results.map(\.budgetShare)).sorted()
        var policies: [String] = []
        for result in results where !policies.contains(result.policy) { policies.append(result.policy) }
        var rows = [["budget"] + budgets.map { ReceiptText.decimal(100 * $0, 1) + " %" }]
        let ofFirst = budgets.compactMap { budget in results.first { $0.budgetShare == budget } }
        if ofFirst.allSatisfy({ $0.budgetBytes != nil }) {
            rows.append([""] + ofFirst.map { ByteSize.text($0.budgetBytes ?? 0) })
        }
        rows.append(["slots"] + ofFirst.map { "\($0.slots)" })
        for policy in policies {
            let own = results.filter { $0.policy == policy }
            let mark = ["held-out": " *", "in-sample": " !"][own.first?.fit.rawValue ?? ""] ?? ""
            rows.append(
                [policy + mark]
                    + budgets.map { budget in own.first { $0.budgetShare == budget }.map(cell) ?? "-" })
        }
        return TextTable.text(rows, rightAligned: Set(1..<budgets.count + 1))
    }
}

extension ReplayReport {
    /// As scripts read it.
    var json: JSONValue {
        .members([
            "trace": .string(traces.joined(separator: ", ")),
            "fit": .list(fitTraces.map { .string($0) }),
            "events": .count(events),
            "tokens": .count(rows),
            "per_access": .boolean(isPerAccess),
            "interleave": .count(streams),
            "results": .list(results.map(\.json)),
        ])
    }

    /// A line for each result behind a line of names.
    var csv: String {
        let names =
            "policy,allocation,predictor,budget_bytes,budget_share,slots,requests,hits,hit_rate,"
            + "misses_foreseen,bytes_read,tokens_per_second,error_band,fit,compute_share,stall_share,"
            + "overhead_share\n"
        return names + results.map { $0.csvLine + "\n" }.joined()
    }
}

extension ReplayResult {
    fileprivate var json: JSONValue {
        .members([
            "policy": .string(policy),
            "allocation": .string(allocation),
            "predictor": .string(predictor),
            "budget_bytes": .optional(budgetBytes),
            "budget_share": .real(budgetShare),
            "slots": .count(slots),
            "requests": .count(counters.requests),
            "hits": .count(counters.hits),
            "hit_rate": .real(counters.hitRate),
            "misses_foreseen": .count(foreseen),
            "bytes_read": .optional(bytesRead),
            "tokens_per_second": .optional(tokensPerSecond),
            "error_band": .optional(errorBand),
            "timed_phase": times == nil ? .null : .string("\(timedPhase)"),
            "seconds_per_token": secondsPerToken,
            "fit": .string(fit.rawValue),
        ])
    }

    /// Where the time of a token goes; null without a time model.
    private var secondsPerToken: JSONValue {
        guard let times, times.rows > 0 else { return .null }
        let rows = Double(times.rows)
        return .members([
            "compute": .real(times.compute / rows), "disk_stall": .real(times.stall / rows),
            "overhead": .real(times.overhead / rows), "disk_overlap": .real(times.overlap / rows),
        ])
    }

    /// Of the time of a token: computing, waiting for the disk, and what goes with no bytes; empty without a
    /// time model.
    fileprivate var timeShares: [Double] {
        guard let shares = times?.shares else { return [] }
        return [shares.compute, shares.stall, shares.overhead]
    }

    fileprivate var csvLine: String {
        let counters = counters
        let fields: [String] = [
            policy, allocation, predictor, budgetBytes.map { "\($0)" } ?? "", "\(budgetShare)", "\(slots)",
            "\(counters.requests)", "\(counters.hits)", "\(counters.hitRate)", "\(foreseen)",
            bytesRead.map { "\($0)" } ?? "", tokensPerSecond.map { "\($0)" } ?? "",
            errorBand.map { "\($0)" } ?? "", fit.rawValue,
        ]
        let shares = timeShares.isEmpty ? ["", "", ""] : timeShares.map { "\($0)" }
        return (fields + shares).joined(separator: ",")
    }
}
