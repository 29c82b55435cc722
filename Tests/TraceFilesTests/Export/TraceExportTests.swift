import Residency
import TestSupport
import Testing
import TraceFiles

@Suite("Writing traces for other programs")
struct TraceExportTests {
    private func exported(_ trace: RoutingTrace, _ format: String) throws -> [UInt8] {
        var export = try TraceExport(trace, format: format, path: "out")
        var bytes: [UInt8] = []
        while let piece = export.next() { bytes += piece }
        #expect(export.rowsDone == trace.rows.count)
        return bytes
    }

    private func readBack(_ trace: RoutingTrace, _ format: String) throws -> ImportedTrace {
        let facts = ImportFacts(expertCount: trace.shape.numbering.expertCount)
        return try TraceImport.read(exported(trace, format), path: format, facts: facts)
    }

    private static var seeds: Range<UInt64> {
        let first = SeededGenerator.fromEnvironment(fallback: 500).seed
        return first..<first + 60
    }

    @Test("the plain table holds everything", arguments: seeds)
    func plain(seed: UInt64) throws {
        var random = ExportableTrace(seed: seed)
        let trace = random.make(isComplete: false)
        let imported = try readBack(trace, "csv")
        let read = try #require(imported.trace)
        #expect(imported.format == "csv" && imported.notes.isEmpty)
        #expect(read.rows == trace.rows, "seed \(seed)")
        #expect(read.choiceLists == trace.choiceLists, "seed \(seed)")
        #expect(read.weightList == trace.weightList, "seed \(seed)")
        #expect(read.shape == trace.shape, "seed \(seed)")
    }

    @Test("BigMoeOnEdge's table holds everything but token ids", arguments: seeds)
    func bigMoeOnEdge(seed: UInt64) throws {
        var random = ExportableTrace(seed: seed)
        let trace = random.make(isComplete: true)
        let imported = try readBack(trace, "bigmoeonedge")
        let read = try #require(imported.trace)
        #expect(imported.format == "bigmoeonedge")
        let rows = trace.rowLists.map { [$0[0], $0[1], $0[2], -1, $0[4]] }
        #expect(read.rowLists == rows, "seed \(seed)")
        #expect(read.choiceLists == trace.choiceLists, "seed \(seed)")
        #expect(read.weightList == trace.weightList, "seed \(seed)")
        #expect(read.shape == trace.shape, "seed \(seed)")
    }

    @Test(
        "requests of a cache hold choices and sizes",
        arguments: ["oraclegeneral", "libcachesim-csv"], seeds)
    func requests(format: String, seed: UInt64) throws {
        var random = ExportableTrace(seed: seed)
        let trace = random.make(isComplete: true)
        let imported = try readBack(trace, format)
        let read = try #require(imported.trace)
        #expect(imported.format == format)
        #expect(read.choiceLists == trace.choiceLists, "seed \(seed)")
        #expect(read.shape == trace.shape, "seed \(seed)")
    }

    @Test("requests are those that Python writes, next accesses included")
    func oracle() throws {
        let trace = try #require(
            try ImportFixtures.read("slipstream.bin", facts: ImportFacts(expertBytes: 4_096)).trace)
        #expect(try exported(trace, "oraclegeneral") == ImportFixtures.bytes("oracle-general.bin"))
        #expect(try exported(trace, "libcachesim-csv") == ImportFixtures.bytes("oracle-general.csv"))
    }

    @Test("a long trace comes in pieces of bounded size")
    func pieces() throws {
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 2, expertCount: 8), expertsPerToken: 2)
        var trace = RoutingTrace(shape: shape, hasWeights: false)
        for position in 0..<UInt32(30_000) {
            let row = TraceRow(
                sequence: 0, position: position, step: position, token: nil, phase: .decode)
            trace.append(row, experts: [1, 2, 3, UInt16(position % 3)])
        }
        for format in TraceExport.formats {
            var export = try TraceExport(trace, format: format.name, path: "out")
            var sizes: [Int] = []
            while let piece = export.next() { sizes.append(piece.count) }
            #expect(sizes.count > 5 && sizes.allSatisfy { $0 < 300_000 }, "\(format.name): \(sizes)")
        }
    }

    @Test("a format that is none, and experts too large for one, are refused")
    func refused() throws {
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 1, expertCount: 1), expertsPerToken: 1,
            expertBytes: [1 << 33])
        let trace = RoutingTrace(shape: shape, hasWeights: false)
        let found = { (format: String) -> String in
            do {
                _ = try TraceExport(trace, format: format, path: "out")
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(
            found("x")
                == "'out': 'x' is no known format of traces; give --format with one of csv, bigmoeonedge, "
                + "oraclegeneral, libcachesim-csv.")
        #expect(
            found("oraclegeneral")
                == "'out': found experts of 8589934592 bytes, expected below 4 GiB; write it in "
                + "another format."
        )
    }
}
