import ExpertStorage
import Foundation
import Kernels
import ModelFiles
import Models
import Residency
import TestSupport
import Testing

/// Models from stores: the same weights in another order.
@Suite("Models from stores give the bits of their sources")
struct PackedModelTests {
    @Test("the demo model")
    func demoModel() throws {
        let prompt = (0..<40).map { TokenID(Int32($0 * 2654 % 4093)) }
        try expectSameBits(DemoModel.path, prompt: prompt)
    }

    @Test("every checkpoint", .needsSharedFixtures, arguments: ArchitectureOracleTests.checkpoints)
    func checkpoint(_ name: String) throws {
        let folder = try SharedFixtures.path("fixtures/architectures/\(name)")
        try expectSameBits(folder, prompt: try Reference(folder).prompt)
    }

    @Test("every GGUF file", .needsSharedFixtures, arguments: ArchitectureOracleTests.ggufs)
    func gguf(_ name: String) throws {
        let prompt = try Reference(SharedFixtures.path("fixtures/architectures/\(name)")).prompt
        try expectSameBits(try SharedFixtures.path("fixtures/gguf/\(name).gguf"), prompt: prompt)
    }

    @Test(
        "a damaged record is an error that names it, not a wrong token",
        arguments: [0, 2], [nil, 0.25, 0.75])
    func damagedRecord(guessAreas: Int, progressivePlace: Double?) throws {
        let folder = try TemporaryFolder()
        let storePath = folder.path + "/model.sluice"
        let source = try ModelFile.open(DemoModel.path)
        let experts = try #require(try ModelNeeds(file: source).extents).packedExperts
        #expect(
            try StorePacker(
                source, experts: experts, to: storePath, isProgressive: progressivePlace != nil,
                replaces: false
            ).run() == .finished(resumedBytes: 0))
        let prompt = (0..<40).map { TokenID(Int32($0 * 2654 % 4093)) }
        let expected = try ModelRun(DemoModel.path).logits(prompt)
        let needs = try ModelNeeds(file: try ModelFile.open(storePath))
        let way = StreamedWay(
            share: 0.25, policy: PolicyRegistry.entries[0], method: .bufferedThreads, threads: 1,
            isGlobal: false, rows: 1, guessAreas: guessAreas)
        let sound = try ModelRun(storePath, chunk: 1, streaming: way.options(needs))
        #expect(try sound.logits(prompt) == expected)

        // One bit in the middle of an expert of layer 5 that the prompt uses, or in its prefix or its rest.
        let records = try #require(try ModelFile.open(storePath).store).records
        let handle = try FileHandle(forUpdating: URL(filePath: storePath))
        for record in records where record.layer == 5 {
            let offset = UInt64(record.offset + Int(Double(record.byteCount) * (progressivePlace ?? 0.5)))
            try handle.seek(toOffset: offset)
            let byte = try #require(try handle.read(upToCount: 1)).first ?? 0
            try handle.seek(toOffset: offset)
            try handle.write(contentsOf: Data([byte ^ 1]))
        }
        try handle.close()
        let damaged = try ModelRun(storePath, chunk: 1, streaming: way.options(needs))
        let error = #expect(throws: ExpertStorageError.self) { try damaged.logits(prompt) }
        #expect(error?.layer == 5 && error?.path == storePath)
        guard case .damaged = error?.code else {
            Issue.record("\(String(describing: error))")
            return
        }
        let record = records.first { $0.layer == 5 && $0.expert == error?.expert }
        #expect(error?.offset == record?.offset)
    }

    @Test("a progressive store cannot be used where it lies, and says so")
    func mappedProgressive() throws {
        let folder = try TemporaryFolder()
        let path = try Self.progressive(DemoModel.path, in: folder)
        let error = #expect(throws: ExpertStorageError.self) { try ModelRun(path) }
        #expect(error?.code == .splitRecords && error?.path == path)
        #expect(error?.description.contains("--io mmap") == true)
    }

    @Test("records in two parts whose matrices are not the model's are refused")
    func otherMatrices() throws {
        let folder = try TemporaryFolder()
        let path = try Self.progressive(DemoModel.path, in: folder)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let model = try ModelFile.open(path)
        // The same bytes, as if the gate had another format.
        let edited = try SampleStore.rewritten(
            bytes, model,
            manifest: { manifest in
                manifest.patterns[0].matrices[0] = .init(
                    format: .float16, byteCount: manifest.patterns[0].matrices[0].byteCount, isSplit: false)
            })
        try Data(edited).write(to: URL(filePath: path))
        let error = #expect(throws: ModelFileError.self) {
            try ModelNeeds(file: try ModelFile.open(path))
        }
        guard case .invalidStore(let found, _) = error?.code else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == "a record of other matrices")
    }

    /// Packs a model with records in two parts, and gives the store's path.
    static func progressive(_ path: String, in folder: TemporaryFolder) throws -> String {
        try packed(path, isProgressive: true, in: folder)
    }

    /// Packs a model, and gives the store's path.
    static func packed(_ path: String, isProgressive: Bool, in folder: TemporaryFolder) throws -> String {
        let storePath = folder.path + "/packed.sluice"
        let source = try ModelFile.open(path)
        let experts = try #require(try ModelNeeds(file: source).extents).packedExperts
        let packer = try StorePacker(
            source, experts: experts, to: storePath, isProgressive: isProgressive, replaces: false)
        #expect(try packer.run() == .finished(resumedBytes: 0))
        #expect((packer.recordLayout == .progressive) == isProgressive)
        #expect(Double(packer.storeBytes) < 1.02 * Double(packer.sourceBytes) + 65_536)
        #expect(!isProgressive || packer.prefixBytes < packer.recordBytes)
        let store = try ModelFile.open(storePath)
        #expect(try StoreVerifier(store, source: source).run().damages == [])
        return storePath
    }

    private func expectSameBits(_ path: String, prompt: [TokenID]) throws {
        let folder = try TemporaryFolder()
        let storePath = folder.path + "/model.sluice"
        let source = try ModelFile.open(path)
        let needs = try ModelNeeds(file: source)
        let experts = try #require(needs.extents).packedExperts
        #expect(experts.count == needs.expertLayerCount * needs.shape.expertCount)
        let packer = try StorePacker(source, experts: experts, to: storePath, replaces: false)
        #expect(try packer.run() == .finished(resumedBytes: 0))
        let store = try ModelFile.open(storePath)
        #expect(try StoreVerifier(store, source: source).run().damages == [])
        try expectWholeRecords(store, experts)
        let expected = try ModelRun(path, threads: 2).logits(prompt)
        let logits = try ModelRun(storePath, threads: 2).logits(prompt)
        let differing = zip(expected, logits).filter { $0.map(\.bitPattern) != $1.map(\.bitPattern) }
        #expect(differing.isEmpty && logits.count == prompt.count)
    }

    /// An expert is one piece, its record; what every token needs is the same set of tensors.
    private func expectWholeRecords(_ store: ModelFile, _ experts: [PackedExpert]) throws {
        let extents = try #require(try ModelNeeds(file: store).extents)
        let records = try #require(store.store).records
        #expect(extents.catalog.piecesPerExpert == 1)
        #expect(
            extents.packedExperts
                == records.map { record in
                    let piece = ExpertPiece(file: 0, offset: record.offset, byteCount: record.byteCount)
                    return PackedExpert(
                        layer: record.layer, expert: record.expert, pieces: [piece],
                        matrices: experts.first { $0.layer == record.layer }?.matrices ?? [])
                })
        #expect(records.map(\.byteCount) == experts.map { $0.pieces.reduce(0) { $0 + $1.byteCount } })
    }
}
