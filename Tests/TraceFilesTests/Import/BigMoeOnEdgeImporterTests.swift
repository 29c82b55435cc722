import Residency
import Testing
import TraceFiles

@Suite("Reading BigMoeOnEdge's trace")
struct BigMoeOnEdgeImporterTests {
    /// A prompt of two tokens in one batch, of which the last layer sees only the last, and two answers.
    static let text = """
        # route_trace v1
        # model=/models/a b.gguf arch=qwen3moe n_layer=3 n_expert=16 n_expert_used=2
        # layer=0 expert_bytes=0 dense_bytes=77
        # layer=1 expert_bytes=1000 dense_bytes=5
        # layer=2 expert_bytes=2000 dense_bytes=5
        turn,phase,step,layer,slot,expert,weight,residency,expert_bytes,dropped
        0,0,0,1,0,3,0.6,0,1000,0
        0,0,0,1,1,4,0.4,0,1000,0
        0,0,1,1,0,5,nan,1,0,0
        0,0,1,1,1,3,0.25,0,0,0
        0,0,1,2,0,9,0.5,0,2000,0
        0,0,1,2,1,8,0.5,2,0,0
        0,1,2,1,0,3,0.7,1,0,0
        0,1,2,1,1,15,0.3,0,0,1
        0,1,2,2,0,1,0.7,1,0,0
        0,1,2,2,1,0,0.3,0,2000,0
        1,1,7,1,0,3,0.7,1,0,0
        1,1,7,1,1,2,0.3,1,0,0
        1,1,7,2,0,1,0.7,1,0,0
        1,1,7,2,1,3,0.3,0,2000,0

        """

    @Test("choices, phases, layers' sizes and batches are read")
    func whole() throws {
        let imported = try imported(Self.text)
        let trace = try #require(imported.trace)
        #expect(imported.format == "bigmoeonedge" && imported.notes.isEmpty)
        #expect(
            trace.choiceLists == [
                [[3, 4], []], [[5, 3], [9, 8]], [[3, 15], [1, 0]], [[3, 2], [1, 3]],
            ])
        #expect(
            trace.rowLists == [[0, 0, 0, -1, 0], [0, 1, 0, -1, 0], [0, 2, 1, -1, 1], [1, 7, 2, -1, 1]])
        #expect(trace.shape.layerNumbers == [1, 2] && trace.shape.expertBytes == [1_000, 2_000])
        #expect(trace.shape.numbering.expertCount == 16 && trace.shape.expertsPerToken == 2)
        #expect(Array(trace.weightList[..<4]) == [0.6, 0.4, nil, 0.25])
    }

    @Test("columns that came later may be missing, and columns come in any order")
    func columns() throws {
        let older = Self.text.split(separator: "\n").map { line in
            line.hasPrefix("#") ? String(line) : String(line[..<(line.lastIndex(of: ",") ?? line.endIndex)])
        }
        #expect(
            try imported(older.joined(separator: "\n")).trace?.choiceLists
                == imported(Self.text).trace?.choiceLists)
        let turned = Self.text.split(separator: "\n").map { line in
            line.hasPrefix("#") ? String(line) : line.split(separator: ",").reversed().joined(separator: ",")
        }
        let read = try imported(turned.joined(separator: "\n"), format: "bigmoeonedge")
        let expected = try imported(Self.text).trace
        #expect(read.notes.isEmpty && read.trace?.rows == expected?.rows)
        #expect(read.trace?.choiceLists == expected?.choiceLists)
        #expect(read.trace?.weightList == expected?.weightList)
    }

    @Test("with a single layer every token is a step")
    func singleLayer() throws {
        let text = """
            turn,phase,step,layer,slot,expert,weight
            0,1,0,0,0,3,1
            0,1,1,0,0,4,1
            """
        #expect(try imported(text).trace?.rows.map(\.step) == [0, 1])
    }
}
