import Foundation
import Residency
import TestSupport
import Testing
import TraceFiles

/// tools/traces/flame_to_csv.py, run as a user runs it.
private enum FlameConverter {
    /// Whether this machine has Python with PyArrow.
    static let isAvailable = (try? Command.run(["python3", "-c", "import pyarrow.parquet"]))?.status == 0

    static func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let script = Command.packageFolder.appending(path: "tools/traces/flame_to_csv.py").path
        let (status, output) = try Command.run(["python3", script] + arguments)
        return (status, String(decoding: output, as: UTF8.self))
    }
}

@Suite(
    "FLAME-MoE's Parquet becomes the plain table",
    .enabled(if: FlameConverter.isAvailable, "no python3 with the package pyarrow: pip install pyarrow"))
struct FlameConverterTests {
    /// Three tokens that choose two experts in layers 2 and 10, the second of which has no scores.
    private static let writer = """
        import sys, pyarrow as pa, pyarrow.parquet as pq
        folder = sys.argv[1]
        experts = pa.list_(pa.int16())
        pq.write_table(pa.table({
            "indices": pa.array([[5, 1], [0, 3], [7, 2]], experts),
            "scores": pa.array([[0.25, 0.75], [0.5, 0.125], [1.0, 0.0]], pa.list_(pa.float32()))}),
            folder + "/layer_02.parquet")
        pq.write_table(pa.table({"indices": pa.array([[4, 6], [6, 4], [0, 1]], experts)}),
            folder + "/layer_10.parquet")
        pq.write_table(pa.table({"token_id": pa.array([11, 12, 13])}), folder + "/samples.parquet")
        pq.write_table(pa.table({"experts": pa.array([1])}), folder + "/layer_03.parquet")
        """

    private static func files() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let (status, output) = try Command.run(["python3", "-c", writer, folder.path])
        #expect(status == 0, "\(String(decoding: output, as: UTF8.self))")
        return folder
    }

    @Test("layers are put in order, experts by their scores, tokens into texts")
    func converted() throws {
        let folder = try Self.files()
        let table = folder.path + "/trace.csv"
        let (status, text) = try FlameConverter.run([
            folder.path + "/layer_10.parquet", folder.path + "/layer_02.parquet", "-o", table,
            "--samples", folder.path + "/samples.parquet", "--window", "2",
        ])
        #expect(status == 0, "\(text)")
        let imported = try TraceImport.read(table)
        let trace = try #require(imported.trace)
        #expect(imported.format == "csv" && trace.shape.layerNumbers == [2, 10])
        #expect(trace.choiceLists == [[[1, 5], [4, 6]], [[0, 3], [6, 4]], [[7, 2], [0, 1]]])
        #expect(Array(trace.weightList[..<4]) == [0.75, 0.25, nil, nil])
        #expect(trace.rowLists == [[0, 0, 0, 11, 0], [0, 1, 1, 12, 0], [1, 0, 2, 13, 0]])
    }

    @Test("a file without experts, and one whose layer nobody knows, are refused by name")
    func refused() throws {
        let folder = try Self.files()
        for (name, words) in [("layer_03", "no column 'indices'"), ("samples", "no layer_NN in the name")] {
            let (status, text) = try FlameConverter.run([
                folder.path + "/\(name).parquet", "-o", folder.path + "/a.csv",
            ])
            #expect(status == 1 && text.contains(words), "\(text)")
        }
    }
}
