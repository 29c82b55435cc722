import Foundation
import Reports
import Residency
import Testing

@Suite("Trace info SVG")
struct TraceInfoSVGTests {
    @Test("is a well-formed picture with a title and a description that tells values")
    func isWellFormed() throws {
        let statistics = TraceStatistics(SampleReport.trace())
        let svg = TraceInfoSVG.text(statistics, name: "story <1>.trace", fingerprint: "sha256:01")
        if let folder = ProcessInfo.processInfo.environment["SLUICE_REPORT_SAMPLES"] {
            try svg.write(toFile: "\(folder)/trace.svg", atomically: true, encoding: .utf8)
        }
        let check = XMLCheck(svg)
        #expect(check.problem == nil)
        #expect(check.elements.first == "svg")
        #expect(check.text.contains("Routing of story <1>.trace"))
        #expect(check.text.contains("12 layers of 32 experts, 4 per token; 400 tokens of 2 texts"))
        #expect(check.text.contains("Recall over distance"))
        // The name space of SVG is an identifier; nothing else looks like an address.
        #expect(svg.components(separatedBy: "http").count == 2)
    }

    @Test("of a trace without tokens is a picture without charts")
    func toleratesNothing() {
        let trace = RoutingTrace(shape: SampleReport.shape, columns: TraceColumns())
        let check = XMLCheck(TraceInfoSVG.text(TraceStatistics(trace), name: "", fingerprint: nil))
        #expect(check.problem == nil)
        #expect(!check.elements.contains("path"))
    }
}
