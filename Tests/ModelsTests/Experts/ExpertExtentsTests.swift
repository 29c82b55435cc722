import ExpertStorage
import Foundation
import Kernels
import ModelFiles
import Models
import TestSupport
import Testing

@Suite("Where experts lie in a file and in a slot")
struct ExpertExtentsTests {
    /// A model, how its file names an expert's matrices, and the reads that an expert takes.
    struct Layout: Sendable, CustomStringConvertible {
        let path: String
        let kind: Kind
        let pieceCount: Int
        var description: String { path }

        enum Kind {
            /// A tensor of all experts for each of gate, up and down.
            case stacked
            /// Gate and up of all experts in one tensor, the gate's rows first.
            case fused
            /// Gate and up of all experts in one tensor, in turn.
            case interleaved
            /// Tensors of one expert, by these names.
            case single(String, [String])
        }
    }

    static let committed = [
        Layout(path: DemoModel.path, kind: .stacked, pieceCount: 3),
        Layout(
            path: ModelVariantTests.committed + "/deepseek_v2-groups-yarn",
            kind: .single("mlp.experts", ["gate_proj", "up_proj", "down_proj"]), pieceCount: 2),
        Layout(
            path: ModelVariantTests.committed + "/gpt_oss-layer-types", kind: .interleaved, pieceCount: 2),
    ]
    static let shared = [
        Layout(path: "gguf/gpt_oss.gguf", kind: .stacked, pieceCount: 3),
        Layout(path: "gguf/glm4_moe.gguf", kind: .stacked, pieceCount: 3),
        Layout(path: "architectures/granitemoe", kind: .fused, pieceCount: 2),
        Layout(
            path: "architectures/mixtral", kind: .single("block_sparse_moe.experts", ["w1", "w3", "w2"]),
            pieceCount: 3),
    ]

    @Test("every matrix of every expert comes to its place in a slot, byte for byte", arguments: committed)
    func places(_ layout: Layout) throws { try expectPlaces(layout, path: layout.path) }

    @Test("in other layouts too", .needsSharedFixtures, arguments: shared)
    func sharedPlaces(_ layout: Layout) throws {
        try expectPlaces(layout, path: try SharedFixtures.path("fixtures/" + layout.path))
    }

    private func expectPlaces(_ layout: Layout, path: String) throws {
        let file = try ModelFile.open(path)
        let needs = try ModelNeeds(file: file)
        let extents = try #require(needs.extents)
        #expect(
            extents.catalog.piecesPerExpert == layout.pieceCount, "gate and up are one read where adjacent")
        #expect(extents.layerNumbers.count == needs.expertLayerCount)
        let parts = try file.parts.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        let opened = try ReadPlan(method: .bufferedThreads, blockBytes: 4096, depth: 4).open(file.parts)
        let slotBytes = extents.catalog.slotBytes.max() ?? 0
        let slab = try Slab(byteCount: slotBytes)
        let loader = ExpertLoader(
            catalog: extents.catalog, device: opened.device, slab: slab, slotCount: 1, blockBytes: 4096)
        for (place, layer) in extents.layerNumbers.enumerated() {
            for expert in 0..<needs.shape.expertCount {
                let number = place * extents.catalog.expertsPerLayer + expert
                loader.begin(expert: number, slot: 0, slabOffset: 0, urgency: .demand)
                while loader.isLoading(slot: 0) {
                    guard let ended = loader.nextEnded(timeoutMicroseconds: 100_000) else { continue }
                    #expect(ended.outcome == .ready)
                }
                let expected = try matrices(layout.kind, of: file, parts, layer: layer, expert: expert)
                for (matrix, bytes) in expected.enumerated() {
                    let start = extents.slotOffset(matrix: matrix, layer: place, expert: number)
                    #expect(
                        slab.bytes(start..<start + bytes.count) == bytes,
                        "matrix \(matrix) of expert \(expert) of layer \(layer)")
                }
            }
        }
    }

    /// The bytes of an expert's matrices by the names of tensors alone.
    private func matrices(
        _ kind: Layout.Kind, of file: ModelFile, _ parts: [Data], layer: Int, expert: Int
    ) throws -> [[UInt8]] {
        /// Part `index` of `count` equal ones of a tensor.
        func bytes(_ name: String, _ index: Int, of count: Int) throws -> [UInt8] {
            let record = try #require(file.tensors[name], "\(name)")
            let size = record.byteCount / count
            let start = record.offset + index * size
            return [UInt8](parts[record.part][start..<start + size])
        }
        let count = try ModelNeeds(file: file).shape.expertCount
        let prefix = "model.layers.\(layer)."
        switch kind {
        case .stacked:
            return try ["gate", "up", "down"].map {
                try bytes("blk.\(layer).ffn_\($0)_exps.weight", expert, of: count)
            }
        case .fused:
            let both = prefix + "block_sparse_moe.input_linear.weight"
            return [
                try bytes(both, 2 * expert, of: 2 * count), try bytes(both, 2 * expert + 1, of: 2 * count),
                try bytes(prefix + "block_sparse_moe.output_linear.weight", expert, of: count),
            ]
        case .interleaved:
            return try ["gate_up_proj", "down_proj"].map {
                try bytes(prefix + "mlp.experts.\($0)", expert, of: count)
            }
        case .single(let folder, let names):
            return try names.map { try bytes(prefix + "\(folder).\(expert).\($0).weight", 0, of: 1) }
        }
    }

    @Test("what every token needs stays in memory, and no expert does")
    func resident() throws {
        for path in Self.committed.map(\.path) {
            let needs = try ModelNeeds(file: try ModelFile.open(path))
            let others = needs.weightBytes - needs.expertBytes
            #expect((needs.denseBytesPerToken...others).contains(needs.residentBytes), "\(path)")
        }
    }
}
