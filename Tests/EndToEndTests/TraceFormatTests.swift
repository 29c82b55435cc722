import Foundation
import Residency
import TestSupport
import Testing
import TraceFiles

@Suite("Importing and exporting traces")
struct TraceFormatTests {
    private static let table = """
        # layers 2 experts 8 top_k 2
        # layer 0 expert_bytes 4096
        # layer 1 expert_bytes 4096
        sequence,position,step,token,phase,layer,rank,expert,weight
        0,0,0,47,prefill,0,0,3,0.75
        0,0,0,47,prefill,0,1,1,0.25
        0,0,0,47,prefill,1,0,7,1.0
        0,1,1,,decode,0,0,2,0.5
        0,1,1,,decode,1,0,7,0.125

        """

    @Test("what is imported comes out again, and libCacheSim's requests are those of the choices")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let table = try folder.write(Self.table, to: "a.csv")
        let trace = folder.path + "/a.sltrace"
        let imported = try Executable.run(["trace", "import", table, "-o", trace, "--json"])
        #expect(imported.code == 0, "\(imported.errors)")
        let summary = try imported.object()
        #expect(summary["format"] as? String == "csv" && summary["tokens"] as? Int == 2)
        #expect(summary["choices"] as? Int == 5 && summary["experts_per_token"] as? Int == 2)

        let plain = try Executable.run(
            ["trace", "export", trace, "-o", "-"], environment: ["SLUICE_FORMAT": "csv"])
        #expect(plain.code == 0, "\(plain.errors)")
        let lines = { (text: String) in text.split(separator: "\n").filter { !$0.hasPrefix("#") } }
        #expect(lines(plain.text) == lines(Self.table))

        let requests = folder.path + "/a.bin"
        let exported = try Executable.run([
            "trace", "export", trace, "--format", "oraclegeneral", "-o", requests, "--json",
        ])
        #expect(exported.code == 0, "\(exported.errors)")
        let bytes = try Data(contentsOf: URL(filePath: requests))
        #expect(bytes.count == 5 * 24)
        // The third request, (layer 1, expert 7), comes again as the fifth.
        #expect(Array(bytes[48..<56]) == [0, 0, 0, 0, 7, 0, 1, 0])
        #expect(bytes[48 + 16] == 5)
    }

    @Test("counts are written too, and cannot be exported")
    func counts() throws {
        let folder = try TemporaryFolder()
        let usage = try folder.write("-1 2 8\n-2 1 3\n0 3 9\n1 7 2\n", to: ".coli_usage")
        let trace = folder.path + "/a.sltrace"
        let imported = try Executable.run(["trace", "import", usage, "-o", trace])
        #expect(imported.code == 0 && imported.text.contains("without order"), "\(imported.errors)")
        let exported = try Executable.run(["trace", "export", trace, "--format", "csv", "-o", "-"])
        #expect(exported.code == 1 && exported.errors.contains("holds counts without order"))
    }

    @Test("files that claim absurd sizes end with an error that names the place, whatever reads them")
    func absurd() throws {
        let folder = try TemporaryFolder()
        let out = folder.path + "/a.sltrace"
        let table = try folder.write(
            "# layer 0 expert_bytes 9223372036854775807\nposition,layer,rank,expert\n0,0,0,1\n", to: "a.csv")
        let commands = [
            ["replay", table, "--budget", "50%"], ["trace", "info", table],
            ["trace", "import", table, "-o", out],
        ]
        for arguments in commands {
            let run = try Executable.run(arguments)
            #expect(run.code == 1 && run.errors.contains("line 1"), "\(arguments): \(run.errors)")
            #expect(run.errors.contains("at most 1099511627776"), "\(run.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: out))
        let plain = try folder.write("position,layer,rank,expert\n0,0,0,1\n", to: "b.csv")
        let option = try Executable.run(["trace", "import", plain, "-o", out, "--expert-bytes", "2T"])
        #expect(option.code == 2 && option.errors.contains("1099511627776"), "\(option.errors)")
        let whole = try Executable.run(["trace", "import", plain, "-o", out, "--expert-bytes", "1T"])
        #expect(whole.code == 0, "\(whole.errors)")
        #expect(try Executable.run(["trace", "info", out]).code == 0)
        let replay = try Executable.run(["replay", out, "--budget", "50%"])
        #expect(replay.code == 0, "\(replay.errors)")
    }

    @Test("counts beyond all are refused in text, and told in our own format")
    func largeCounts() throws {
        let folder = try TemporaryFolder()
        let text = String(repeating: "0 0 9007199254740991\n", count: 1_025) + "0 1 1\n"
        let usage = try Executable.run(["trace", "info", try folder.write(text, to: "a.coli_usage")])
        #expect(usage.code == 1 && usage.errors.contains("line 2"), "\(usage.errors)")
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 1, expertCount: 4), expertsPerToken: 1)
        var counts = ExpertUsage(shape: shape)
        for expert in 0..<4 { counts[layer: 0, expert: expert] = .max }
        let path = folder.path + "/a.sltrace"
        try TraceFile.write(counts, TraceHeader(kind: .usage, shape: shape), to: path)
        let told = try Executable.run(["trace", "info", path, "--json"])
        #expect(told.code == 0, "\(told.errors)")
        let layers = try #require(try told.object()["by_layer"] as? [[String: Any]])
        #expect(layers.first?["entropy_bits"] as? Double == 2)
    }

    @Test("a bad file ends with 1 and its line, a bad command line with 2")
    func refused() throws {
        let folder = try TemporaryFolder()
        let table = try folder.write(Self.table + "0,2,2,,decode,0,0,8,0.5\n", to: "a.csv")
        let out = folder.path + "/a.sltrace"
        let bad = try Executable.run(["trace", "import", table, "-o", out])
        #expect(bad.code == 1 && bad.errors.contains("line 10: found expert 8, expected 0 to 7"))
        #expect(!FileManager.default.fileExists(atPath: out))
        for arguments in [
            ["import", table], ["import", table, "-o", out, "--format", "x"], ["import", table, "-o", table],
            ["import", table, "-o", out, "--experts", "0"],
            ["import", table, "-o", out, "--expert-bytes", "x"],
            ["export", table, "--format", "csv"], ["export", table, "--format", "x", "-o", "-"],
            ["export", table, "--format", "csv", "-o", "-", "--json"],
        ] {
            #expect(try Executable.run(["trace"] + arguments).code == 2, "\(arguments)")
        }
        let notOurs = try Executable.run(["trace", "export", table, "--format", "csv", "-o", "-"])
        #expect(notOurs.code == 1 && notOurs.errors.contains("sluice trace import"))
    }

    @Test("help lists the formats")
    func help() throws {
        let text = try Executable.run(["trace", "import", "--help"]).text
        for name in ["bigmoeonedge", "slipstream", "vllm-npz", "oraclegeneral", "Examples:"] {
            #expect(text.contains(name), "\(name)")
        }
    }
}
