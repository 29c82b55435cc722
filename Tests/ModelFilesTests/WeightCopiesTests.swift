import Foundation
import Kernels
import ModelFiles
import TestSupport
import Testing

@Suite("Weights copied into memory of their own")
struct WeightCopiesTests {
    @Test("have the bits of the file, lie outside the mapping, and leave the other tensors where they were")
    func copies() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        var generator = SeededGenerator(seed: 3)
        // One of several pieces, one of a piece and a byte's worth, one small, one that stays.
        let counts = [3 << 20, 1 << 20, 5, 700]
        let tensors = counts.enumerated().map { index, count in
            GGUFWriter.Tensor(
                "t\(index).weight", shape: [1, count], generator.floats(count, in: -1..<1))
        }
        let writer = GGUFWriter(metadata: [("general.architecture", .string("llama"))], tensors: tensors)
        let path = try folder.write(writer.file().bytes, to: "model.gguf")
        let file = try ModelFile.open(path)
        let records = try (0..<3).map { try file.require("t\($0).weight") }
        var progress: [Int] = []
        let copied = try file.copying(records) { progress.append($0) }
        #expect(progress.last == records.reduce(0) { $0 + $1.byteCount } && progress == progress.sorted())
        #expect(progress.count == 3 + 1 + 1)
        for index in counts.indices {
            let record = try copied.require("t\(index).weight")
            let (mine, mapped) = (try copied.matrix(record), try file.matrix(record))
            #expect(bytes(mine) == bytes(mapped) && bytes(mine) == tensors[index].data)
            let location = try #require(file.location(of: mapped))
            #expect(location.file == record.part && location.offset == record.offset)
            #expect((copied.location(of: mine) == nil) == (index < 3))
        }
        // The copies need neither the file nor the one that they were made from.
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seek(toOffset: UInt64(records[0].offset))
        try handle.write(contentsOf: Data(repeating: 0, count: 4096))
        try handle.close()
        #expect(try bytes(copied.matrix(records[0])) == tensors[0].data)
        let again = try ModelFile.open(path)
        #expect(try bytes(again.matrix(records[0])) != tensors[0].data)
        // A matrix is a view, which does not keep its memory.
        withExtendedLifetime((file, copied, again)) {}
    }

    private func bytes(_ matrix: WeightMatrix) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: matrix.address, count: matrix.byteCount))
    }
}
