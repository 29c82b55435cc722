import Kernels
import ModelFiles
import TestSupport
import Testing

@Suite("Opened models")
struct ModelFileTests {
    private func open(_ sample: SampleModels.Sample) throws -> ModelFile {
        let path = sample.entry.isEmpty ? MemoryFiles.folder : MemoryFiles.path(sample.entry)
        return try ModelFile.open(path, files: MemoryFiles(sample.files))
    }

    private func values(_ model: ModelFile, _ name: String) throws -> [Float] {
        let record = try model.require(name)
        let buffer = try model.vector(record)
        let matrix = buffer.matrix(rows: 1, columns: buffer.count)
        return (0..<buffer.count).map { matrix[0, $0] }
    }

    @Test("a GGUF file gives its tensors with shapes outermost first")
    func ggufTensors() throws {
        let model = try open(SampleModels.ggufVersion3)
        #expect(model.container == .gguf)
        #expect(model.tensors.count == 4)
        let experts = try model.require("experts.weight")
        #expect(experts.shape == [3, 2, 4])
        #expect(experts.format == .bfloat16)
        let matrix = try model.matrix(experts)
        #expect(matrix.rows == 6)
        #expect(matrix.columns == 4)
        #expect(try model.require("quantized.weight").byteCount == 34)
        #expect(try values(model, "embedding.weight") == (0..<12).map { Float($0) / 4 })
    }

    @Test("versions 2 and 3 give the same content")
    func versionsAgree() throws {
        let (second, third) = (try open(SampleModels.ggufVersion2), try open(SampleModels.ggufVersion3))
        #expect(second.metadata.values == third.metadata.values)
        #expect(second.tensors == third.tensors)
    }

    @Test("a split model is one model")
    func split() throws {
        let model = try open(SampleModels.splitGGUF)
        #expect(model.parts.map { String($0.suffix(23)) }.count == 3)
        for part in 0..<3 {
            let record = try model.require("layer.\(part).weight")
            #expect(record.part == part)
            #expect(try values(model, record.name) == (0..<6).map { Float($0 + 10 * part) })
        }
        #expect(model.byteCount == SampleModels.splitGGUF.files.values.reduce(0) { $0 + $1.count })
    }

    @Test("a folder with one split model opens it")
    func folderWithSplit() throws {
        let model = try ModelFile.open(MemoryFiles.folder, files: MemoryFiles(SampleModels.splitGGUF.files))
        #expect(model.parts.count == 3)
    }

    @Test(
        "a checkpoint opens by its folder and by any of its files",
        arguments: ["", "config.json", "model.safetensors.index.json"] + SampleModels.shardNames)
    func sharded(entry: String) throws {
        let path = entry.isEmpty ? MemoryFiles.folder : MemoryFiles.path(entry)
        let model = try ModelFile.open(path, files: MemoryFiles(SampleModels.shardedSafetensors.files))
        let whole = try open(SampleModels.safetensors)
        #expect(model.parts.count == 2)
        #expect(model.tensors.keys.sorted() == whole.tensors.keys.sorted())
        for name in ["embedding.weight", "half.weight", "brain.weight", "scalar"] {
            #expect(try values(model, name) == values(whole, name))
        }
        #expect(model.opaqueTensors["experts_blocks"]?.shape == [2, 3])
        #expect(model.folder == MemoryFiles.folder)
    }

    @Test("the index decides which shard's copy of a tensor counts")
    func extraTensors() throws {
        var sample = SampleModels.shardedSafetensors
        var shards = SampleModels.shards
        shards[0].tensors.append(SafetensorsWriter.Tensor("scalar", type: "U8", shape: [3], data: [1, 2, 3]))
        sample.files[SampleModels.shardNames[0]] = shards[0].file()
        let model = try open(sample)
        #expect(try model.require("scalar").part == 1)
        #expect(model.opaqueTensors["scalar"] == nil)
    }

    @Test("config.json becomes metadata with dotted keys")
    func configuration() throws {
        let metadata = try open(SampleModels.safetensors).metadata
        #expect(metadata.values["torch_dtype"] == nil)
        #expect(try metadata.count("hidden_size") == 4)
        #expect(try metadata.count("rope_theta") == 10_000)
        #expect(try metadata.boolean("tie_word_embeddings") == false)
        #expect(try metadata.string("rope_scaling.type") == "yarn")
        #expect(try metadata.reals("rope_scaling.short_factor") == [1, 1.5])
        #expect(try metadata.integers("eos_token_id") == [1, 2])
    }

    @Test("every kind of metadata value arrives as it was written")
    func metadataTypes() throws {
        let values = try open(SampleModels.ggufVersion3).metadata.values
        #expect(values["a.uint8"] == .integer(200))
        #expect(values["a.int8"] == .integer(-100))
        #expect(values["a.uint16"] == .integer(60_000))
        #expect(values["a.int16"] == .integer(-30_000))
        #expect(values["a.uint32"] == .integer(4_000_000_000))
        #expect(values["a.int32"] == .integer(-2_000_000_000))
        #expect(values["a.uint64"] == .unsigned(.max))
        #expect(values["a.int64"] == .integer(.min))
        #expect(values["a.float32"] == .real(Double(Float(0.1))))
        #expect(values["a.float64"] == .real(0.1))
        #expect(values["a.boolean"] == .boolean(true))
        #expect(values["a.string"] == .string("größer als ein Wort"))
        #expect(values["a.strings"] == .strings(["one", "", "three"]))
        #expect(values["a.integers"] == .integers([-1, 2]))
        #expect(values["a.reals"] == .reals([0.5, -0.25]))
        #expect(values["a.booleans"] == .booleans([true, false]))
        #expect(values["a.large"] == .list([.integer(1), .unsigned(.max)]))
        #expect(values["a.empty"] == .integers([]))
        #expect(values["a.nested"] == .list([.integers([1, 2]), .strings(["x"])]))
    }

    @Test("halves decode exactly, all 65,536 of them")
    func halves() throws {
        let data = (0..<65_536).flatMap { LittleEndian.bytes(UInt16($0)) }
        let writer = SafetensorsWriter([
            SafetensorsWriter.Tensor("half", type: "F16", shape: [65_536], data: data)
        ])
        let files = ["config.json": Array("{}".utf8), "model.safetensors": writer.file()]
        let decoded = try values(ModelFile.open(MemoryFiles.folder, files: MemoryFiles(files)), "half")
        for bits in 0..<65_536 {
            // The definition: sign x 2^(exponent - 25) x (1024 + fraction), subnormals without the 1024.
            let (exponent, fraction) = (bits >> 10 & 31, Double(bits & 1023))
            let sign: Double = bits & 0x8000 == 0 ? 1 : -1
            if exponent == 31 {
                #expect(fraction == 0 ? decoded[bits] == Float(sign * .infinity) : decoded[bits].isNaN)
            } else {
                let power = Double(sign: .plus, exponent: max(exponent, 1) - 25, significand: 1)
                let expected = Float(sign * power * (fraction + (exponent == 0 ? 0 : 1_024)))
                #expect(decoded[bits].bitPattern == expected.bitPattern)
            }
        }
    }

    @Test("a vector of a quantized tensor is refused by name")
    func quantizedVector() throws {
        let model = try open(SampleModels.ggufVersion3)
        let record = try model.require("quantized.weight")
        let error = #expect(throws: ModelFileError.self) { try model.vector(record) }
        let code = ModelFileError.Code.wrongFormat(
            tensor: "quantized.weight", found: "Q8_0", expected: "F32, F16 or BF16")
        #expect(error?.code == code)
    }

    @Test("a missing tensor and an opaque one are told apart")
    func requiring() throws {
        let model = try open(SampleModels.safetensors)
        let missing = #expect(throws: ModelFileError.self) { try model.require("none") }
        #expect(missing?.code == .missingTensor(name: "none"))
        let opaque = #expect(throws: ModelFileError.self) { try model.require("experts_blocks") }
        #expect(
            opaque?.code
                == .wrongFormat(tensor: "experts_blocks", found: "U8", expected: "a weight format"))
    }

    @Test("the bytes of opaque tensors can be read")
    func opaqueBytes() throws {
        let model = try open(SampleModels.safetensors)
        let tensor = try #require(model.opaqueTensors["experts_blocks"])
        let bytes = try model.withBytes(of: tensor) { span in span.indices.map { span[$0] } }
        #expect(bytes == SampleModels.counted(6))
    }

    @Test("the fingerprint follows names, metadata and sizes, and neither path nor weights")
    func fingerprint() throws {
        let base = try open(SampleModels.ggufVersion3).fingerprint
        func changed(_ change: (inout GGUFWriter) -> Void) throws -> ModelFingerprint {
            var writer = SampleModels.gguf
            change(&writer)
            let files = MemoryFiles(["other.gguf": writer.file().bytes])
            return try ModelFile.open(MemoryFiles.path("other.gguf"), files: files).fingerprint
        }
        #expect(try changed { _ in } == base)
        #expect(try changed { $0.tensors[0].data[0] ^= 1 } == base)
        #expect(try changed { $0.tensors[0].name = "norm.weighu" } != base)
        #expect(try changed { $0.metadata[0].value = .string("sampld") } != base)
        #expect(try changed { $0.version = 2 } != base)
        // The last tensor grows into a further unit of padding; no description changes.
        #expect(try changed { $0.tensors[3].data += [UInt8](repeating: 0, count: 64) } != base)
        #expect(base.description.count == 16)
    }
}
