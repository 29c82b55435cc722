public import ExpertStorage
import Foundation
import Kernels
public import ModelFiles

/// A model with experts small enough to look at each byte: two layers of three experts whose sizes are no
/// multiples of anything, and dense tensors before, between and behind them.
public struct SampleStore {
    /// How the experts lie in the model.
    public enum Kind: String, CaseIterable, Sendable {
        case stacked = "GGUF, a tensor for all experts"
        case split = "GGUF in two parts"
        case single = "safetensors, a tensor for each expert"
        case progressive = "GGUF in formats that come apart and one that does not"
    }

    /// Holds the model's files.
    public let folder: TemporaryFolder
    /// The model.
    public let model: ModelFile
    /// Its experts.
    public let experts: [PackedExpert]
    /// Whether the store's records are in two parts.
    public let isProgressive: Bool

    private static let expertCount = 3
    private static let shapes = [("gate", [5, 3]), ("up", [5, 3]), ("down", [3, 7])]
    /// Of the progressive kind.
    private static let formats = [
        ("gate", WeightFormat.q8_0, [3, 32]), ("up", .q4_0, [2, 64]), ("down", .iq4_NL, [3, 32]),
    ]

    /// Writes the model.
    public init(_ kind: Kind) throws {
        folder = try TemporaryFolder()
        isProgressive = kind == .progressive
        let tensors = Self.tensors(stacked: kind != .single)
        switch kind {
        case .progressive:
            let writer = GGUFWriter(
                metadata: [("general.architecture", .string("sample"))],
                tensors: tensors.map { Self.quantized($0.name) ?? $0.gguf })
            try folder.write(writer.file().bytes, to: "model.gguf")
            model = try ModelFile.open(folder.path + "/model.gguf")
        case .stacked:
            let writer = GGUFWriter(
                metadata: [("general.architecture", .string("sample"))], tensors: tensors.map(\.gguf))
            try folder.write(writer.file().bytes, to: "model.gguf")
            model = try ModelFile.open(folder.path + "/model.gguf")
        case .split:
            for part in 0..<2 {
                let metadata: [(key: String, value: GGUFWriter.Value)] = [
                    ("split.no", .uint16(UInt16(part))), ("split.count", .uint16(2)),
                ]
                let half = tensors.count / 2
                let own = part == 0 ? tensors.prefix(half) : tensors.dropFirst(half)
                let writer = GGUFWriter(metadata: metadata, tensors: own.map(\.gguf))
                try folder.write(writer.file().bytes, to: "model-0000\(part + 1)-of-00002.gguf")
            }
            model = try ModelFile.open(folder.path + "/model-00001-of-00002.gguf")
        case .single:
            try folder.write(SampleModels.config, to: "config.json")
            try folder.write("{\"version\": \"1.0\"}", to: "tokenizer.json")
            try folder.write("not of the model", to: "README.md")
            let writer = SafetensorsWriter(tensors.map(\.safetensors))
            try folder.write(writer.file(), to: "model.safetensors")
            model = try ModelFile.open(folder.path)
        }
        experts = try Self.experts(of: model)
    }

    /// Where a store goes.
    public var path: String { folder.path + "/packed/sample.sluice" }

    /// Packs the model, the folder of the store included.
    ///
    /// - Parameter stepBytes: bytes between two checkpoints.
    public func packer(
        disk: any PackDisk = FaultyPackDisk(), replaces: Bool = false, stepBytes: Int = 100
    ) throws -> StorePacker {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/packed", withIntermediateDirectories: true)
        return try StorePacker(
            model, experts: experts, to: path, isProgressive: isProgressive, replaces: replaces, disk: disk,
            stepBytes: stepBytes, threadCount: 1)
    }

    /// The bytes of the store.
    public func packed() throws -> [UInt8] {
        let packer = try packer(replaces: true)
        _ = try packer.run()
        return try bytes(of: path)
    }

    /// The bytes of a file.
    public func bytes(of path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// A tensor in both worlds.
    private struct Tensor {
        let name: String
        let shape: [Int]
        let values: [Float]

        var gguf: GGUFWriter.Tensor { GGUFWriter.Tensor(name, shape: shape, values) }
        var safetensors: SafetensorsWriter.Tensor { SafetensorsWriter.Tensor(name, shape: shape, values) }
    }

    private static func tensors(stacked: Bool) -> [Tensor] {
        var tensors: [Tensor] = []
        func add(_ name: String, _ shape: [Int]) {
            let count = shape.reduce(1, *)
            let first = 1000 * tensors.count
            tensors.append(
                Tensor(name: name, shape: shape, values: (0..<count).map { Float(first + $0 + 1) }))
        }
        add("embedding", [11, 3])
        for layer in 0..<2 {
            add("\(layer).norm", [3])
            for (part, shape) in shapes {
                if stacked {
                    add("\(layer).\(part)", [expertCount] + shape)
                } else {
                    for expert in 0..<expertCount { add("\(layer).\(part).\(expert)", shape) }
                }
            }
        }
        add("output", [11, 3])
        return tensors
    }

    /// The tensor of all experts in its format, with any bytes.
    private static func quantized(_ name: String) -> GGUFWriter.Tensor? {
        guard let (_, format, shape) = formats.first(where: { name.hasSuffix("." + $0.0) }) else {
            return nil
        }
        let dimensions = [expertCount] + shape
        let blocks = dimensions.reduce(1, *) / format.blockElements
        var generator = SeededGenerator(seed: UInt64(name.utf8.reduce(0) { $0 * 31 + Int($1) }))
        return GGUFWriter.Tensor(
            name, type: format.rawValue, dimensions: dimensions.reversed().map(UInt64.init),
            data: (0..<blocks * format.blockBytes).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    private static func experts(of model: ModelFile) throws -> [PackedExpert] {
        try (0..<2).flatMap { layer in
            try (0..<expertCount).map { expert in
                let pieces = try shapes.map { part, _ in
                    if let record = model.tensors["\(layer).\(part).\(expert)"] {
                        return ExpertPiece(
                            file: record.part, offset: record.offset, byteCount: record.byteCount)
                    }
                    let record = try model.require("\(layer).\(part)")
                    let size = record.byteCount / expertCount
                    return ExpertPiece(
                        file: record.part, offset: record.offset + expert * size, byteCount: size)
                }
                let formats = try shapes.map { part, _ in
                    try model.tensors["\(layer).\(part).\(expert)"]?.format
                        ?? model.require("\(layer).\(part)").format
                }
                return PackedExpert(
                    layer: 2 * layer, expert: expert, pieces: pieces,
                    matrices: zip(formats, pieces).map { .init(format: $0, byteCount: $1.byteCount) })
            }
        }
    }
}

extension SampleStore {
    /// The store `bytes` with another manifest in front, which must be as long, and right checksums for both
    /// unless the header is changed afterwards.
    package static func rewritten(
        _ bytes: [UInt8], _ model: ModelFile, header change: (inout StoreHeader) -> Void = { _ in },
        manifest edit: (inout StoreManifest) -> Void = { _ in }
    ) throws -> [UInt8] {
        guard var manifest = model.store else { throw SharedFixturesMissing() }
        edit(&manifest)
        let encoded = manifest.encoded
        var checksum = Checksum()
        checksum.append(encoded.span)
        var header = StoreHeader(
            layout: manifest.layout, fingerprint: model.fingerprint.rawValue, byteCount: bytes.count,
            manifestBytes: encoded.count, manifestChecksum: checksum)
        change(&header)
        let front = header.encoded + encoded
        return front + bytes.dropFirst(front.count)
    }
}
