import Generation
import Reports
import Residency

extension ReplayReportInput {
    /// What the page shows of a replay.
    ///
    /// - Parameter statistics: of the traces judged on.
    init(_ report: ReplayReport, statistics: [TraceStatistics]) {
        var conditions: [(name: String, value: String)] = []
        if let bytes = report.expertBytes, let least = bytes.min(), let most = bytes.max() {
            let range = least == most ? "" : "\(ByteSize.text(least)) to "
            conditions.append(("an expert", range + ByteSize.text(most)))
        }
        if report.isPerAccess { conditions.append(("events", "every access is one of its own")) }
        if report.streams > 1 { conditions.append(("interleaved", "\(report.streams) texts take turns")) }
        self.init(
            traces: report.traces, fitTraces: report.fitTraces, conditions: conditions, shape: report.shape,
            events: report.events, rows: report.results.map(Row.init), statistics: statistics)
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
            errorBand: result.errorBand, fit: fit)
    }
}
