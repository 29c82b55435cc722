import Residency
import Testing
import TraceFiles

@Suite("Reading binary files and JSON of other programs")
struct BinaryImporterTests {
    @Test("slipstream's log gives texts, batches, tokens and phases")
    func slipstream() throws {
        let expected = try ImportFixtures.expected()
        let imported = try ImportFixtures.read("slipstream.bin")
        let trace = try #require(imported.trace)
        #expect(imported.format == "slipstream")
        #expect(trace.choiceLists == expected.choices && trace.rowLists == expected.rows)
        #expect(trace.shape.numbering == ExpertNumbering(layerCount: 3, expertCount: 8))
    }

    @Test("a torn log of slipstream is read up to its last whole batch, and that is said", arguments: 1...132)
    func torn(byteCount: Int) throws {
        let expected = try ImportFixtures.expected()
        let bytes = try ImportFixtures.bytes("slipstream.bin")
        let imported = try TraceImport.read(Array(bytes.dropLast(byteCount)), path: "a")
        let trace = try #require(imported.trace)
        // The last batch is one token: three records of 44 bytes.
        #expect(trace.choiceLists == Array(expected.choices.dropLast()))
        #expect(
            imported.notes.contains { $0.contains("the file is torn: \(132 - byteCount) bytes") }
                == (byteCount < 132))
    }

    @Test("a last record of slipstream that was not written out is torn too")
    func tornRecord() throws {
        var bytes = try ImportFixtures.bytes("slipstream.bin")
        for index in bytes.count - 44..<bytes.count { bytes[index] = 0 }
        let imported = try TraceImport.read(bytes, path: "a")
        #expect(imported.trace?.rows.count == 6)
        #expect(imported.notes.contains { $0.contains("torn: 132 bytes") })
    }

    @Test(
        "libCacheSim's requests give tokens in order",
        arguments: ["oracle-general.bin", "oracle-general.csv"])
    func requests(name: String) throws {
        let expected = try ImportFixtures.expected()
        let trace = try #require(try ImportFixtures.read(name).trace)
        #expect(trace.choiceLists == expected.choices)
        #expect(trace.rows.map(\.position) == Array(0..<7))
        #expect(trace.shape.expertBytes == [4_096, 4_096, 4_096])
    }

    @Test(
        "vLLM's arrays give choices",
        arguments: ["routed-int32.npy", "routed.npz", "response-base64.json", "response-lists.json"])
    func routed(name: String) throws {
        let expected = try ImportFixtures.expected()
        let trace = try #require(try ImportFixtures.read(name).trace)
        let count = name == "response-base64.json" ? 4 : 7
        #expect(trace.choiceLists == Array(expected.choices[..<count]))
        #expect(trace.rows.map(\.step) == Array(0..<UInt32(count)))
    }

    @Test("where nobody says how long the prompt is, that is noted")
    func promptNotes() throws {
        let note = "without the prompt's token ids or array, all tokens of a text count as decoded"
        for (name, isNoted) in [
            ("routed-int32.npy", true), ("routed.npz", false), ("response-base64.json", false),
            ("response-lists.json", false),
        ] {
            #expect(try ImportFixtures.read(name).notes.contains(note) == isNoted, "\(name)")
        }
        let bare = try imported("{\"choices\": [{\"routed_experts\": [[[1, 2]], [[3, 1]]]}]}")
        #expect(bare.notes.contains(note) && bare.trace?.rows.map(\.phase) == [.decode, .decode])
    }

    @Test("a response tells prompt and answer apart, and gives token ids")
    func phases() throws {
        let expected = try ImportFixtures.expected()
        for name in ["routed.npz", "response-base64.json", "response-lists.json"] {
            let trace = try #require(try ImportFixtures.read(name).trace)
            #expect(trace.rows[..<4].map { Int($0.phase.rawValue) } == expected.rows[..<4].map { $0[4] })
            #expect(trace.rows[..<4].map { $0.token.map { Int($0) } } == expected.rows[..<4].map { $0[3] })
            #expect(trace.rows[..<4].map(\.position) == [0, 1, 2, 3])
        }
        let archive = try #require(try ImportFixtures.read("routed.npz").trace)
        #expect(archive.rows[4...].map(\.phase) == [.prefill, .decode, .decode])
        #expect(archive.rows[4...].map(\.sequence) == [1, 1, 1])
        // The second choice of a response goes on behind the same prompt.
        let lists = try #require(try ImportFixtures.read("response-lists.json").trace)
        #expect(lists.rows[4...].map(\.position) == [3, 4, 5])
    }

    @Test("counts of MoE-Infinity and of inkling add up", arguments: ["moe-infinity.npy", "usage-iku1.bin"])
    func counts(name: String) throws {
        let expected = try ImportFixtures.expected()
        let usage = try #require(try ImportFixtures.read(name).usage)
        #expect(usage.counts.map { Int($0) } == expected.counts.flatMap { $0 })
    }
}
