import Generation
import Reports
import Residency

extension ReplayReportInput {
    /// What the page shows of a replay.
    ///
    /// - Parameter traces: those judged on.
    init(_ report: ReplayReport, of traces: [TraceInput.Opened]) {
        var conditions: [(name: String, value: String)] = []
        for fingerprint in Set(traces.compactMap(\.source.fingerprint)).sorted() {
            conditions.append(("fingerprint", fingerprint))
        }
        // What one recording says of itself; several may differ in it.
        if traces.count == 1 { conditions += traces[0].source.facts }
        if let bytes = report.expertBytes, let least = bytes.min(), let most = bytes.max() {
            let range = least == most ? "" : "\(ByteSize.text(least)) to "
            conditions.append(("an expert", range + ByteSize.text(most)))
        }
        if report.isPerAccess { conditions.append(("events", "every access is one of its own")) }
        if report.streams > 1 { conditions.append(("interleaved", "\(report.streams) texts take turns")) }
        self.init(
            traces: report.traces, fitTraces: report.fitTraces, conditions: conditions, shape: report.shape,
            events: report.events, rows: report.results.map(Row.init),
            statistics: traces.map { TraceStatistics($0.trace) })
    }
}

extension ReplayReportInput.Row {
    fileprivate init(_ result: ReplayResult) {
        let fit: Fit =
            switch result.fit {
            case .none: .none
            case .heldOut: .heldOut
            case .inSample: .inSample
            }
        self.init(
            policy: result.policy, allocation: result.allocation, predictor: result.predictor,
            budgetShare: result.budgetShare, budgetBytes: result.budgetBytes, slots: result.slots,
            layers: result.layers, bytesRead: result.bytesRead, tokensPerSecond: result.tokensPerSecond,
            errorBand: result.errorBand, fit: fit, times: result.times)
    }
}
