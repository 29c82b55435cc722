import Foundation
import TestSupport
import Testing

@Suite("sluice trace info")
struct TraceInfoTests {
    @Test("shows a recorded run as text, as JSON and as a picture, with its fingerprint and predictions")
    func recorded() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = folder.path + "/run.sltrace"
        let picture = folder.path + "/run.svg"
        let run = try Executable.run(
            RunTests.greedy + ["--trace", trace, "--io", "buffered-threads", "--expert-cache", "12M"])
        #expect(run.code == 0, "\(run.errors)")
        let object = try Executable.run(["trace", "info", trace, "--json", "--svg", picture]).object()
        #expect(object["layers"] as? Int == 12 && object["experts"] as? Int == 32)
        #expect((object["fingerprint"] as? String)?.isEmpty == false)
        let tokens = try #require(object["tokens"] as? Int)
        #expect(object["choices"] as? Int == tokens * 48)
        let layers = try #require(object["by_layer"] as? [[String: Any]])
        let uses = try layers.map { try #require($0["uses"] as? [Int]).reduce(0, +) }
        #expect(uses == Array(repeating: tokens * 4, count: 12))
        let predictions = try #require(object["predictions"] as? [[String: Any]])
        #expect(predictions.first?["predictor"] as? String == "stale-router")
        let text = try Executable.run(["trace", "info", trace]).text
        #expect(text.contains("12 layers of 32 experts, 4 per token") && text.contains("stale-router"))
        let svg = try String(contentsOfFile: picture, encoding: .utf8)
        #expect(svg.hasPrefix("<svg xmlns=") && svg.contains("Recall over distance"))
    }

    @Test("reads other programs' traces, and of counts alone shows the popularity and draws nothing")
    func foreign() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let csv = try folder.write(
            "# layers 1 experts 4 top_k 1\nsequence,step,token,layer,slot,expert\n"
                + (0..<8).map { "0,\($0),7,0,0,\($0 % 2)\n" }.joined(), to: "turns.csv")
        let object = try Executable.run(["trace", "info", csv, "--json"]).object()
        let layers = try #require(object["by_layer"] as? [[String: Any]])
        #expect(layers.first?["uses"] as? [Int] == [4, 4, 0, 0])
        #expect(layers.first?["entropy_bits"] as? Double == 1)
        #expect(object["fingerprint"] is NSNull)

        let counts = try folder.write("-1 1 4\n0 0 6\n0 2 2\n", to: "counts.coli_usage")
        let usage = try Executable.run(["trace", "info", counts])
        #expect(usage.code == 0 && usage.text.contains("entropy") && !usage.text.contains("reuse"))
        let drawn = try Executable.run(["trace", "info", counts, "--svg", folder.path + "/counts.svg"])
        #expect(drawn.code == 1 && drawn.errors.contains("only counts uses"))

        let missing = try Executable.run(["trace", "info", folder.path + "/none.csv"])
        #expect(missing.code == 1 && missing.errors.contains("none.csv"))
    }
}
