import Residency

/// Every row of a replay, as numbers.
struct ReplayTable {
    let rows: [ReplayReportInput.Row]

    /// Up to so many rows the table is open when the page is opened.
    private static let openRows = 60

    func draw(into markup: inout Markup) {
        markup.element("h2", text: "All rows")
        let attributes: KeyValuePairs = ["open": rows.count <= Self.openRows ? "open" : ""]
        markup.element("details", attributes) { details in
            details.element("summary", text: "\(NumberText.grouped(rows.count)) rows")
            details.element("div", ["class": "scroll"]) { scroll in
                scroll.element("table") { table in
                    TableText.head(columns, into: &table)
                    table.element("tbody") { body in
                        for row in rows {
                            TableText.row(
                                columns.map { $0.text(row) }, columns.map(\.isNumber), isLimit: row.isBound,
                                into: &body)
                        }
                    }
                }
            }
        }
    }

    private var hasTime: Bool { rows.contains { $0.tokensPerSecond != nil } }

    private var columns: [TableText.Column<ReplayReportInput.Row>] {
        var columns: [TableText.Column<ReplayReportInput.Row>] = [
            .init("policy") { $0.policy },
            .init("allocation") { $0.allocation },
            .init("predictor") { $0.predictor },
            .init("fitted") { Self.fit($0.fit) },
            .number("budget") { NumberText.percent($0.budgetShare) },
            .number("bytes") { $0.budgetBytes.map { NumberText.bytes(Double($0)) } ?? "–" },
            .number("slots") { NumberText.grouped($0.slots) },
            .number("requests") { NumberText.grouped($0.counters.requests) },
            .number("hits") { NumberText.grouped($0.counters.hits) },
            .number("hit rate") { NumberText.percent($0.hitRate, 2) },
            .number("read") { $0.bytesRead.map { NumberText.bytes(Double($0)) } ?? "–" },
        ]
        if hasTime {
            columns += [
                .number("ms/token") { $0.timePerToken.map(NumberText.threeDigits) ?? "–" },
                .number("tokens/s") { $0.tokensPerSecond.map(NumberText.threeDigits) ?? "–" },
                .number("±") { $0.errorBand.map { NumberText.percent($0, 0) } ?? "–" },
            ]
        }
        let shares = rows.first { !$0.timeShares.isEmpty }?.timeShares ?? []
        columns += shares.indices.map { index in
            TableText.Column.number(shares[index].name) { row in
                row.timeShares.isEmpty ? "–" : NumberText.percent(row.timeShares[index].share, 0)
            }
        }
        return columns
    }

    private static func fit(_ fit: ReplayReportInput.Row.Fit) -> String {
        switch fit {
        case .none: "no"
        case .heldOut: "held out"
        case .inSample: "in-sample"
        }
    }
}

/// For a few budgets the best rows that can be run, and how far they are from the bound.
struct BestTable {
    let input: ReplayReportInput
    let budgets: [Double]

    private struct Best {
        let budget: ReplayReportInput.Row
        let bound: ReplayReportInput.Row?
        let fastest: ReplayReportInput.Row?
    }

    func draw(into markup: inout Markup) {
        let best = budgets.compactMap(best)
        let hasTime = best.contains { $0.fastest != nil }
        var columns: [TableText.Column<Best>] = [
            .number("budget") { NumberText.percent($0.budget.budgetShare) },
            .init("hits most") { Self.name($0.budget) },
            .number("hit rate") { NumberText.percent($0.budget.hitRate) },
            .number("Belady") { $0.bound.map { NumberText.percent($0.hitRate) } ?? "–" },
        ]
        if hasTime {
            columns += [
                .init("fastest") { $0.fastest.map { Self.name($0) + ", predictor \($0.predictor)" } ?? "–" },
                .number("ms/token") { $0.fastest?.timePerToken.map(NumberText.threeDigits) ?? "–" },
                .number("tokens/s") { $0.fastest?.tokensPerSecond.map(NumberText.threeDigits) ?? "–" },
            ]
        }
        markup.element("div", ["class": "scroll"]) { scroll in
            scroll.element("table") { table in
                TableText.head(columns, into: &table)
                table.element("tbody") { body in
                    for one in best {
                        TableText.row(
                            columns.map { $0.text(one) }, columns.map(\.isNumber), isLimit: false, into: &body
                        )
                    }
                }
            }
        }
    }

    private static func name(_ row: ReplayReportInput.Row) -> String { "\(row.policy), \(row.allocation)" }

    /// Rows fitted on what they are judged on do not take part.
    private func best(_ share: Double) -> Best? {
        let rows = input.rows.filter { $0.budgetShare == share && $0.fit != .inSample }
        guard let most = rows.filter({ !$0.isBound }).max(by: { $0.hitRate < $1.hitRate }) else { return nil }
        let bound = rows.filter { $0.isBound && $0.allocation == most.allocation }
            .max { $0.hitRate < $1.hitRate }
        let timed = rows.filter { !$0.isBound && $0.timePerToken != nil && $0.predictor != "oracle" }
        let fastest = timed.min { ($0.timePerToken ?? 0) < ($1.timePerToken ?? 0) }
        return Best(budget: most, bound: bound, fastest: fastest)
    }
}
