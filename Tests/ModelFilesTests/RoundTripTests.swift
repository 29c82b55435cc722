import Kernels
import ModelFiles
import TestSupport
import Testing

@Suite("What is written is what is read")
struct RoundTripTests {
    /// Seeds of random files; `SLUICE_SEED` replaces the first.
    static let seeds: [UInt64] = {
        let first = SeededGenerator.fromEnvironment(fallback: 1).seed
        return (0..<200).map { first &+ $0 }
    }()

    @Test("any metadata and any tensors come back from GGUF, in both versions")
    func gguf() throws {
        for seed in Self.seeds {
            var generator = RandomGGUF(seed: seed)
            let file = generator.file()
            for version in [UInt32(2), 3] {
                var writer = file.writer
                writer.version = version
                let files = MemoryFiles(["model.gguf": writer.file().bytes])
                let model = try ModelFile.open(MemoryFiles.path("model.gguf"), files: files)
                #expect(model.metadata.values == file.expected, "seed \(seed)")
                try expect(model, holds: file.writer.tensors, seed: seed)
            }
        }
    }

    private func expect(_ model: ModelFile, holds tensors: [GGUFWriter.Tensor], seed: UInt64) throws {
        #expect(model.tensors.count == tensors.count, "seed \(seed)")
        for tensor in tensors {
            let record = try model.require(tensor.name)
            #expect(record.format.rawValue == tensor.type, "seed \(seed)")
            #expect(record.shape == tensor.dimensions.reversed().map(Int.init), "seed \(seed)")
            let bytes = try model.withBytes(of: record) { span in span.indices.map { span[$0] } }
            #expect(bytes == tensor.data, "seed \(seed)")
        }
    }

    @Test("any tensors come back from safetensors")
    func safetensors() throws {
        for seed in Self.seeds {
            var generator = SeededGenerator(seed: seed)
            let types = [("F32", 4), ("F16", 2), ("BF16", 2), ("U8", 1), ("I64", 8), ("F8_E4M3", 1)]
            let tensors = (0..<Int.random(in: 1...6, using: &generator)).map { index in
                let (type, size) = types[Int.random(in: 0..<types.count, using: &generator)]
                let rank = Int.random(in: 0...4, using: &generator)
                let shape = (0..<rank).map { _ in Int.random(in: 1...5, using: &generator) }
                let data = SampleModels.counted(shape.reduce(size, *))
                return SafetensorsWriter.Tensor("tensor \(index)", type: type, shape: shape, data: data)
            }
            let files = [
                "config.json": Array("{}".utf8), "model.safetensors": SafetensorsWriter(tensors).file(),
            ]
            let model = try ModelFile.open(MemoryFiles.folder, files: MemoryFiles(files))
            #expect(model.tensors.count + model.opaqueTensors.count == tensors.count, "seed \(seed)")
            for tensor in tensors {
                let bytes: [UInt8]
                if let record = model.tensors[tensor.name] {
                    #expect(record.shape == tensor.shape, "seed \(seed)")
                    bytes = try model.withBytes(of: record) { span in span.indices.map { span[$0] } }
                } else {
                    let opaque = try #require(model.opaqueTensors[tensor.name])
                    #expect(opaque.shape == tensor.shape && opaque.elementType == tensor.type, "seed \(seed)")
                    bytes = try model.withBytes(of: opaque) { span in span.indices.map { span[$0] } }
                }
                #expect(bytes == tensor.data, "seed \(seed)")
            }
        }
    }

    @Test("a model cut anywhere is an error", arguments: SampleModels.all.map(\.name))
    func prefixes(name: String) throws {
        let sample = try #require(SampleModels.all.first { $0.name == name })
        let path = sample.entry.isEmpty ? MemoryFiles.folder : MemoryFiles.path(sample.entry)
        let whole = try ModelFile.open(path, files: MemoryFiles(sample.files))
        for (file, bytes) in sample.files {
            // GGUF files may lack the padding behind their last tensor.
            let part = whole.parts.firstIndex(of: MemoryFiles.path(file))
            let lastTensor = whole.tensors.values.filter { $0.part == part }.map(\.byteRange.upperBound).max()
            let end = whole.container == .gguf ? lastTensor ?? bytes.count : bytes.count
            for count in 0..<end {
                var cut = sample.files
                cut[file] = Array(bytes.prefix(count))
                let files = MemoryFiles(cut)
                #expect(throws: ModelFileError.self, "\(file) cut to \(count)") {
                    try ModelFile.open(path, files: files)
                }
            }
        }
    }
}
