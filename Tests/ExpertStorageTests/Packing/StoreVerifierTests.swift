import ExpertStorage
import Foundation
import ModelFiles
import SystemPackage
import TestSupport
import Testing

@Suite("Verifying stores")
struct StoreVerifierTests {
    @Test("finds a sound store sound, with and without its source", arguments: SampleStore.Kind.allCases)
    func sound(kind: SampleStore.Kind) throws {
        let sample = try SampleStore(kind)
        let bytes = try sample.packed()
        let store = try ModelFile.open(sample.path)
        let alone = try StoreVerifier(store).run()
        #expect(alone.damages == [] && alone.checkedBytes == bytes.count && alone.comparedBytes == 0)
        let both = try StoreVerifier(store, source: sample.model).run()
        let sourceBytes = try sample.packer(replaces: true).sourceBytes
        #expect(both.damages == [] && both.comparedBytes == sourceBytes)
    }

    @Test("finds a changed bit wherever it is", arguments: SampleStore.Kind.allCases)
    func anyByte(kind: SampleStore.Kind) throws {
        let sample = try SampleStore(kind)
        let bytes = try sample.packed()
        let manifest = try #require(try ModelFile.open(sample.path).store)
        // Every one takes a minute.
        for place in stride(from: 0, to: bytes.count, by: Nightly.isOn ? 1 : 7) {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            try Data(damaged).write(to: URL(fileURLWithPath: sample.path))
            let damages: [StoreVerifier.Damage]
            do {
                damages = try StoreVerifier(ModelFile.open(sample.path)).run().damages
            } catch {
                // The header, the manifest, or a header of the source.
                #expect(error is ModelFileError)
                #expect(place < manifest.dense.upperBound)
                continue
            }
            #expect(damages.count == 1, "byte \(place)")
            #expect(damages.first?.range.contains(place) == true, "byte \(place)")
            if let record = manifest.record(at: place) {
                #expect(damages.first?.place == .record(layer: record.layer, expert: record.expert))
            }
        }
    }

    @Test("finds bytes whose checksums are right and that are not the source's")
    func otherBytes() throws {
        let sample = try SampleStore(.stacked)
        _ = try sample.packed()
        let path = sample.model.parts[0]
        var bytes = try sample.bytes(of: path)
        let place = sample.experts[4].pieces[1].offset + 7
        bytes[place] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let result = try StoreVerifier(ModelFile.open(sample.path), source: ModelFile.open(path)).run()
        #expect(result.damages.map(\.place) == [.source(file: "model.gguf", offset: place)])
    }

    @Test("refuses a source that the store was not packed from")
    func otherSource() throws {
        let sample = try SampleStore(.stacked)
        _ = try sample.packed()
        let other = try SampleStore(.single)
        let error = #expect(throws: ExpertStorageError.self) {
            try StoreVerifier(ModelFile.open(sample.path), source: other.model)
        }
        guard case .otherSource = error?.code else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("reports any read that fails, and stops when told to")
    func failures() throws {
        let sample = try SampleStore(.stacked)
        _ = try sample.packed()
        let store = try ModelFile.open(sample.path)
        var call = 0
        while true {
            let disk = FaultyPackDisk(.once(call, .ioError))
            let verifier = try StoreVerifier(store, source: sample.model, disk: disk)
            guard
                let error = #expect(
                    throws: ExpertStorageError.self, performing: { try Self.run(verifier, disk, call) })
            else { break }
            if error.code == .readFailed(.canceled) { break }
            #expect(error.code == .readFailed(.ioError) && error.path != nil && error.offset != nil)
            call += 1
        }
        #expect(call > 20)
        #expect(try StoreVerifier(store).run { _ in false }.isInterrupted)
    }

    /// Runs; where the call that fails did not come, says so by an error of its own.
    private static func run(_ verifier: StoreVerifier, _ disk: FaultyPackDisk, _ call: Int) throws {
        _ = try verifier.run()
        if disk.callCount <= call { throw ExpertStorageError(.readFailed(.canceled)) }
    }
}
