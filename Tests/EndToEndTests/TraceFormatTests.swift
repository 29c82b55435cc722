import Foundation
import TestSupport
import Testing

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

        let plain = try Executable.run(["trace", "export", trace, "--format", "csv", "-o", "-"])
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
