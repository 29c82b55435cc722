import Residency
import Testing
import TraceFiles

@Suite("Reading lines of tokens and layers")
struct EventTextImporterTests {
    @Test("bounded-moe: steps end where the layers fall, lines of a layer are tokens of a step")
    func boundedMoE() throws {
        let text = """
            sequence,layer,expert0,expert1,expert2,expert3,expert4,expert5,expert6,expert7
            0,0,0,1,2,3,4,5,6,7
            1,0,8,9,10,11,12,13,14,255
            2,1,7,6,5,4,3,2,1,0
            3,1,0,1,2,3,4,5,6,8
            4,0,1,2,3,4,5,6,7,8
            5,1,2,3,4,5,6,7,8,9
            """
        let imported = try imported(text)
        let trace = try #require(imported.trace)
        #expect(imported.format == "bounded-moe")
        #expect(trace.rowLists == [[0, 0, 0, -1, 0], [0, 1, 0, -1, 0], [0, 2, 1, -1, 1]])
        #expect(trace.choiceLists[1] == [[8, 9, 10, 11, 12, 13, 14, 255], [0, 1, 2, 3, 4, 5, 6, 8]])
        #expect(trace.choiceLists[2] == [Array(1...8), Array(2...9)])
        #expect(trace.shape.numbering.expertCount == 256)
    }

    @Test("colibri: a call is a layer, its rows are tokens of a step")
    func colibri() throws {
        let text = """
            0 0 3 12:0.5000 7:0.2500
            0 1 3 1:0.6000 2:0.4000
            1 0 4 12:0.5000 7:0.5000
            1 1 4 0:1.0000
            2 0 3 9:0.5000 8:0.5000
            3 0 4 9:0.5000 7:-0.0500

            """
        let imported = try imported(text)
        let trace = try #require(imported.trace)
        #expect(imported.format == "colibri")
        #expect(trace.rowLists == [[0, 0, 0, -1, 0], [0, 1, 0, -1, 0], [0, 2, 1, -1, 1]])
        #expect(trace.choiceLists == [[[12, 7], [12, 7]], [[1, 2], [0]], [[9, 8], [9, 7]]])
        #expect(trace.weightList[..<4] == [0.5, 0.25, 0.5, 0.5] && trace.weightList.last == -0.05)
        #expect(trace.shape.layerNumbers == [3, 4])
    }

    @Test("colibri: with one layer, a call is a step")
    func colibriSingleLayer() throws {
        let text = "0 0 0 1:1.0\n0 1 0 2:1.0\n1 0 0 3:1.0\n"
        #expect(try imported(text).trace?.rows.map(\.step) == [0, 0, 1])
    }

    @Test("colibri's usage gives counts, with and without its headers")
    func colibriUsage() throws {
        let text = "-1 5 16\n-2 1 3815245270\n-7 1 2\n3 0 5\n3 15 1\n5 2 4294967295\n"
        let imported = try imported(text)
        let usage = try #require(imported.usage)
        #expect(imported.format == "colibri-usage")
        #expect(usage.shape.layerNumbers == [3, 5])
        #expect(usage.shape.numbering == ExpertNumbering(layerCount: 2, expertCount: 16))
        #expect(usage[layer: 0, expert: 15] == 1)
        #expect(usage[layer: 1, expert: 2] == 4_294_967_295)
        #expect(usage.counts.reduce(0, +) == 4_294_967_301)
        let bare = try #require(try TraceFilesTests.imported("0 1 2\n0 3 4\n").usage)
        #expect(bare.counts == [0, 2, 0, 4])
    }
}
