import Residency
import TestSupport
import Testing
import TraceFiles

@Suite("Reading the plain table")
struct PlainCSVImporterTests {
    @Test("columns come in any order, with facts in comments and the rest as it is left out")
    func columns() throws {
        let text = """
            # layers 2 experts 8 top_k 2
            expert,rank,layer,position

            3,0,0,5
            1,1,0,5
            7,0,1,5
            2,0,0,6\r
            4,0,1,6
            """
        let imported = try imported(text)
        let trace = try #require(imported.trace)
        #expect(imported.format == "csv")
        #expect(trace.choiceLists == [[[3, 1], [7]], [[2], [4]]])
        #expect(trace.rowLists == [[0, 5, 0, -1, 1], [0, 6, 1, -1, 1]])
        #expect(!trace.hasWeights)
        #expect(trace.shape.numbering == ExpertNumbering(layerCount: 2, expertCount: 8))
        #expect(imported.notes.contains { $0.contains("without a column step") })
    }

    @Test("with steps, the lines of a step's tokens may go layer by layer")
    func steps() throws {
        let text = """
            sequence,position,step,token,phase,layer,slot,expert,weight,margin
            0,0,4,9,prefill,3,0,1,0.75,x
            0,1,4,,prefill,3,0,2,nan,x
            1,7,4,8,1,3,0,3,,x
            0,0,4,9,0,5,0,4,1e-05,x
            0,1,4,,prefill,5,0,5,0.5,x
            1,7,4,8,decode,5,0,6,0.333333343,x
            0,2,6,7,decode,3,0,0,-1.5,x
            """
        let trace = try #require(try imported(text).trace)
        #expect(trace.rowLists == [[0, 0, 4, 9, 0], [0, 1, 4, -1, 0], [1, 7, 4, 8, 1], [0, 2, 6, 7, 1]])
        #expect(trace.choiceLists == [[[1], [4]], [[2], [5]], [[3], [6]], [[0], []]])
        #expect(trace.weightList == [0.75, 1e-05, nil, 0.5, nil, 0.333333343, -1.5])
        #expect(trace.shape.layerNumbers == [3, 5])
        #expect(trace.shape.numbering.expertCount == 7)
    }

    @Test("a step with many tokens finds each of them again, in any order")
    func wideStep() throws {
        var text = "position,step,layer,rank,expert\n"
        for position in 0..<40 { text += "\(position),0,0,0,\(position % 5)\n" }
        for position in (0..<40).reversed() { text += "\(position),0,1,0,\(position % 7)\n" }
        let trace = try #require(try imported(text).trace)
        #expect(trace.choiceLists == (0..<40).map { [[$0 % 5], [$0 % 7]] })
        #expect(Set(trace.rows.map(\.step)) == [0])
    }

    @Test("what the user knows fills in what the file does not say")
    func facts() throws {
        let text = "position,layer,rank,expert\n0,1,0,3\n"
        let facts = ImportFacts(expertCount: 64, layerCount: 4, expertBytes: 4_096)
        let imported = try imported(text, facts: facts)
        let trace = try #require(imported.trace)
        #expect(trace.shape.numbering == ExpertNumbering(layerCount: 4, expertCount: 64))
        #expect(trace.shape.expertBytes == [4_096, 4_096, 4_096, 4_096])
        #expect(trace.choiceLists == [[[], [3], [], []]])
        #expect(!imported.notes.contains { $0.contains("--expert") })
    }

    @Test("the demo model's traces are read as they are", .needsSharedFixtures)
    func demoTraces() throws {
        let path = try SharedFixtures.path("fixtures/traces/demo-story.csv")
        let trace = try #require(try TraceImport.read(path).trace)
        #expect(trace.rows.count == 4_096)
        #expect(trace.shape.numbering == ExpertNumbering(layerCount: 12, expertCount: 32))
        #expect(trace.shape.expertsPerToken == 4 && trace.hasWeights)
        // The file's first lines.
        #expect(trace.rowLists[0] == [0, 0, 0, 47, 1])
        #expect(trace.expert(row: 0, layer: 0, rank: 0) == 13)
        #expect(trace.weight(row: 0, layer: 0, rank: 1) == 0.311740)
        #expect(trace.rowLists[512] == [1, 0, 512, try #require(trace.rows[512].token.map { Int($0) }), 1])
        #expect(trace.choiceLists.allSatisfy { $0.allSatisfy { $0.count == 4 } })
    }
}
