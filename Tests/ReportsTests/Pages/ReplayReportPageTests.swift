import Foundation
import Reports
import Residency
import TestSupport
import Testing

@Suite("Replay report page")
struct ReplayReportPageTests {
    @Test(
        "is well-formed, with ids that are unique",
        arguments: [(["uniform"], ["none"]), (["uniform", "global", "fitted"], ["none", "recorded"])])
    func isWellFormed(allocations: [String], predictors: [String]) {
        let html = ReplayReportPage(
            SampleReport.input(allocations: allocations, predictors: predictors)
        ).html
        // For tools/check_report and for looking at.
        if let folder = ProcessInfo.processInfo.environment["SLUICE_REPORT_SAMPLES"] {
            let file = "\(folder)/replay-\(allocations.count).html"
            #expect(throws: Never.self) { try html.write(toFile: file, atomically: true, encoding: .utf8) }
        }
        let check = XMLCheck(html)
        #expect(check.problem == nil)
        let ids = check.values("id")
        #expect(Set(ids).count == ids.count && !ids.isEmpty)
        let named = check.values("aria-labelledby").flatMap { $0.split(separator: " ").map(String.init) }
        #expect(Set(named).isSubset(of: ids))
        #expect(!check.values("d").contains { $0.contains("nan") || $0.contains("inf") })
    }

    @Test("names nothing outside of itself and runs nothing")
    func isSelfContained() {
        let html = ReplayReportPage(SampleReport.input()).html
        let check = XMLCheck(html)
        for word in ["http:", "https:", "url(", "@import", "javascript:"] { #expect(!html.contains(word)) }
        let elements = Set(check.elements)
        for element in ["script", "link", "img", "iframe", "object", "use", "image"] {
            #expect(!elements.contains(element))
        }
        let names = Set(check.attributes.map(\.name))
        #expect(names.isDisjoint(with: ["src", "href", "xlink:href"]))
        #expect(!names.contains { $0.hasPrefix("on") })
    }

    @Test("shows hostile names as the text that they are")
    func escapes() {
        let name = "</title><script>alert(\"1\")</script>&amp;' onload='x\u{0}\u{202E}.trace"
        var input = SampleReport.input(traces: [name])
        let row = input.rows[0]
        input.conditions.append((name, name))
        input.fitTraces = [name]
        for index in input.rows.indices where input.rows[index].policy == row.policy {
            input.rows[index].policy = name
            input.rows[index].allocation = name
            input.rows[index].predictor = name
        }
        let html = ReplayReportPage(input).html
        let check = XMLCheck(html)
        #expect(check.problem == nil)
        #expect(!check.elements.contains("script"))
        #expect(!check.attributes.contains { $0.name.hasPrefix("on") })
        let shown = name.replacingOccurrences(of: "\u{0}", with: "\u{FFFD}")
            .replacingOccurrences(of: "\u{202E}", with: "\u{FFFD}")
        #expect(check.text.contains("Replay of \(shown)"))
    }

    @Test("has a row of the table for every row of the replay, and says what was fitted")
    func hasEveryRow() {
        let input = SampleReport.input(allocations: ["uniform", "fitted"])
        let check = XMLCheck(ReplayReportPage(input).html)
        // Heads of two tables, and the best at each of ten budgets.
        #expect(check.elements.filter { $0 == "tr" }.count == input.rows.count + 2 + 10)
        #expect(check.text.contains("fitted on") && check.text.contains("code.trace"))
        #expect(check.text.contains("held out were fitted on other traces"))
        #expect(!check.text.contains("in-sample were"))
        var inSample = input
        for index in inSample.rows.indices { inSample.rows[index].fit = .inSample }
        #expect(XMLCheck(ReplayReportPage(inSample).html).text.contains("in-sample were fitted on the very"))
    }

    @Test("draws Belady's choice in every chart over budgets")
    func drawsBounds() {
        let input = SampleReport.input(allocations: ["uniform", "global"])
        let html = ReplayReportPage(input).html
        // Hit rate and time of two allocations, each for narrow and wide, a line and its name.
        #expect(html.components(separatedBy: ">belady</text>").count - 1 == 8)
        #expect(html.components(separatedBy: "<g class=\"bound\"><path").count - 1 == 2 * 2 * 8)
    }

    @Test("of a replay without rows, times or statistics still is a page")
    func toleratesLittle() {
        var input = SampleReport.input()
        input.statistics = []
        input.rows = SampleReport.rows(
            policies: ["lru"], allocations: ["uniform"], budgets: 1, hasTime: false)
        input.rows[0].budgetBytes = nil
        input.rows[0].bytesRead = nil
        let check = XMLCheck(ReplayReportPage(input).html)
        #expect(check.problem == nil)
        #expect(!check.text.contains("tokens/s"))
        input.rows = []
        input.traces = []
        #expect(XMLCheck(ReplayReportPage(input).html).problem == nil)
    }
}
