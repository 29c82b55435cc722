import ExpertStorage
import Foundation
import Kernels
import ModelFiles
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Packing stores")
struct StorePackerTests {
    private static let kinds = SampleStore.Kind.allCases

    @Test("keeps every byte of every tensor, and puts an expert's bytes side by side", arguments: kinds)
    func roundTrip(kind: SampleStore.Kind) throws {
        let sample = try SampleStore(kind)
        let bytes = try sample.packed()
        let store = try ModelFile.open(sample.path)
        #expect(store.fingerprint == sample.model.fingerprint)
        #expect(store.container == sample.model.container)
        #expect(store.metadata.values == sample.model.metadata.values)
        #expect(store.tensors == sample.model.tensors)
        #expect(store.diskPaths == [sample.path] && store.path == sample.path)
        for record in sample.model.tensors.values {
            for row in 0..<record.elementCount / (record.shape.last ?? 1) {
                let original = try sample.model.matrix(record, rows: row..<row + 1)
                let stored = try store.withRows(of: record, from: row, limit: 1) { Self.bytes($0) }
                #expect(stored == Self.bytes(original), "row \(row) of \(record.name)")
            }
        }
        let manifest = try #require(store.store)
        #expect(
            manifest.records.map { [$0.layer, $0.expert] } == sample.experts.map { [$0.layer, $0.expert] })
        for (record, expert) in zip(manifest.records, sample.experts) {
            let pieces = try expert.pieces.flatMap { piece in
                try sample.bytes(of: sample.model.parts[piece.file])[
                    piece.offset..<piece.offset + piece.byteCount]
            }
            let stored = Array(bytes[record.range])
            let pattern = manifest.pattern(of: record)
            #expect((pattern?.isSplit ?? false) == sample.isProgressive)
            #expect((pattern.map { Self.joined(stored, by: $0) } ?? stored) == pieces)
            if let pattern {
                var checksum = Checksum()
                checksum.append(stored.span.extracting(first: pattern.prefixBytes))
                #expect(record.prefixChecksum == checksum)
                try Self.expectDocumentedOrder(stored, pieces, pattern)
            }
            #expect(manifest.record(at: record.offset) == record)
            #expect(manifest.record(at: record.range.upperBound - 1) == record)
        }
        #expect(manifest.record(at: 0) == nil && manifest.record(at: bytes.count) == nil)
    }

    /// The source's bytes of a record in two parts.
    private static func joined(_ record: [UInt8], by pattern: RecordPattern) -> [UInt8] {
        var plain = [UInt8](repeating: 0, count: pattern.byteCount)
        unsafe record.withUnsafeBytes { record in
            unsafe plain.withUnsafeMutableBytes { plain in
                guard let record = record.baseAddress, let plain = plain.baseAddress else { return }
                unsafe pattern.join(record, into: plain)
            }
        }
        return plain
    }

    /// The sample's record: prefixes of Q8_0 and Q4_0, all of IQ4_NL, then the rests.
    private static func expectDocumentedOrder(
        _ stored: [UInt8], _ pieces: [UInt8], _ pattern: RecordPattern
    ) throws {
        let (gate, up) = (3 * 34, 4 * 18)
        let down = 3 * 18
        #expect(pieces.count == gate + up + down && pattern.prefixBytes == 3 * 18 + 4 * 10 + down)
        // A whole matrix lies in the prefix as it is.
        #expect(Array(stored[3 * 18 + 4 * 10..<pattern.prefixBytes]) == Array(pieces.suffix(down)))
        // Scales of the first blocks, and the rest of the first block of Q8_0.
        #expect(Array(stored[..<2]) == Array(pieces[..<2]))
        #expect(Array(stored[3 * 18..<3 * 18 + 2]) == Array(pieces[gate..<gate + 2]))
        let rest = (0..<16).map { pieces[2 + $0] << 4 | pieces[2 + $0 + 16] & 15 }
        #expect(Array(stored[pattern.prefixBytes..<pattern.prefixBytes + 16]) == rest)
    }

    private static func bytes(_ matrix: WeightMatrix) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: matrix.address, count: matrix.byteCount))
    }

    @Test("keeps the small files of a checkpoint and nothing else of its folder")
    func companions() throws {
        let sample = try SampleStore(.single)
        _ = try sample.packed()
        let store = try ModelFile.open(sample.path)
        #expect(store.companionByteCount("tokenizer.json") == "{\"version\": \"1.0\"}".utf8.count)
        #expect(store.companionByteCount("config.json") != nil)
        #expect(store.companionByteCount("README.md") == nil)
    }

    @Test("gives the same store whatever is read at once and whoever reads it", arguments: kinds)
    func sameBytes(kind: SampleStore.Kind) throws {
        let sample = try SampleStore(kind)
        let expected = try sample.packed()
        for stepBytes in [60, 61, 500, 1 << 20] {
            for threads in 1...3 {
                let packer = try StorePacker(
                    sample.model, experts: sample.experts.reversed(), to: sample.path,
                    isProgressive: sample.isProgressive, replaces: true, stepBytes: stepBytes,
                    threadCount: threads)
                #expect(try packer.run() == .finished(resumedBytes: 0))
                #expect(try sample.bytes(of: sample.path) == expected, "\(stepBytes), \(threads) threads")
            }
        }
    }

    @Test("goes on after a death at any call, to the same bytes", arguments: kinds)
    func killed(kind: SampleStore.Kind) throws {
        let sample = try SampleStore(kind)
        let expected = try sample.packed()
        var resumed = 0
        var call = 0
        while true {
            try? FileManager.default.removeItem(atPath: sample.path)
            let dying = FaultyPackDisk(.from(call, .ioError))
            if (try? sample.packer(disk: dying).run()) != nil { break }
            // What stands in the store's place is whole, or nothing stands there.
            if FileManager.default.fileExists(atPath: sample.path) {
                #expect(try sample.bytes(of: sample.path) == expected, "call \(call)")
            }
            let outcome = try sample.packer(replaces: true).run()
            guard case .finished(let bytes) = outcome else {
                Issue.record("call \(call): \(outcome)")
                return
            }
            if bytes > 0 { resumed += 1 }
            #expect(try sample.bytes(of: sample.path) == expected, "call \(call)")
            #expect(try Self.leftovers(sample) == [], "call \(call)")
            call += 1
        }
        // Most of the calls come after the first checkpoint.
        #expect(call > 40 && resumed > call / 2, "\(resumed) of \(call)")
    }

    @Test(
        "reports a call that fails, at whatever call, and finishes the next time",
        arguments: [SampleStore.Kind.stacked, .progressive])
    func failures(kind: SampleStore.Kind) throws {
        let sample = try SampleStore(kind)
        let expected = try sample.packed()
        for error in [Errno.ioError, .noSpace] {
            var call = 0
            while true {
                try? FileManager.default.removeItem(atPath: sample.path)
                let disk = FaultyPackDisk(.once(call, error))
                let failure: ExpertStorageError?
                do {
                    _ = try sample.packer(disk: disk).run()
                    failure = nil
                } catch {
                    failure = error as? ExpertStorageError
                }
                if disk.callCount <= call { break }
                if let failure {
                    #expect(failure.path != nil && !failure.description.isEmpty)
                    if error == .noSpace, case .unwritableFile = failure.code {
                        Issue.record("call \(call): a full disk is not said to be full")
                    }
                }
                _ = try sample.packer(replaces: true).run()
                #expect(try sample.bytes(of: sample.path) == expected, "call \(call)")
                call += 1
            }
            #expect(call > 40)
        }
    }

    @Test("repeats what came short or was interrupted")
    func shortCalls() throws {
        let sample = try SampleStore(.stacked)
        let expected = try sample.packed()
        for call in 0..<60 {
            for fault in [FaultyPackDisk.Fault.short(call), .once(call, .interrupted)] {
                try? FileManager.default.removeItem(atPath: sample.path)
                let outcome = try? sample.packer(disk: FaultyPackDisk(fault)).run()
                // Only reads and writes are interrupted.
                if outcome == nil { _ = try sample.packer().run() }
                #expect(try sample.bytes(of: sample.path) == expected, "\(fault)")
            }
        }
    }

    @Test("starts over where the source has changed since")
    func sourceChanged() throws {
        let sample = try SampleStore(.stacked)
        _ = try sample.packed()
        try FileManager.default.removeItem(atPath: sample.path)
        _ = try? sample.packer(disk: FaultyPackDisk(.from(30, .ioError))).run()
        // Another weight, the same header.
        let path = sample.model.parts[0]
        var bytes = try sample.bytes(of: path)
        let embedding = try #require(sample.model.tensors["embedding"])
        bytes[embedding.offset] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let changed = try ModelFile.open(path)
        let packer = try StorePacker(
            changed, experts: sample.experts, to: sample.path, replaces: false, stepBytes: 100)
        #expect(try packer.run() == .finished(resumedBytes: 0))
        #expect(try StoreVerifier(ModelFile.open(sample.path), source: changed).run().damages == [])
    }

    @Test("refuses a source that is written to while it is packed")
    func sourceChangesMeanwhile() throws {
        let sample = try SampleStore(.stacked)
        let packer = try sample.packer()
        let path = sample.model.parts[0]
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: [0])
        try handle.close()
        let error = #expect(throws: ExpertStorageError.self) { try packer.run() }
        #expect(error?.code == .sourceChanged && error?.path == path)
        #expect(!FileManager.default.fileExists(atPath: sample.path))
    }

    @Test("trusts no journal whose bytes have changed")
    func damagedJournal() throws {
        let sample = try SampleStore(.stacked)
        let expected = try sample.packed()
        try FileManager.default.removeItem(atPath: sample.path)
        let journalPath = sample.path + ".part.journal"
        for byte in stride(from: 0, to: 4096, by: 97) {
            _ = try? sample.packer(disk: FaultyPackDisk(.from(30, .ioError))).run()
            var journal = try sample.bytes(of: journalPath)
            for place in [byte, byte + 4096] where place < journal.count { journal[place] ^= 0x10 }
            try Data(journal).write(to: URL(fileURLWithPath: journalPath))
            _ = try sample.packer(replaces: true).run()
            #expect(try sample.bytes(of: sample.path) == expected, "byte \(byte)")
            try FileManager.default.removeItem(atPath: sample.path)
        }
    }

    @Test("forgets checkpoints of bytes that are gone")
    func lostPart() throws {
        let sample = try SampleStore(.stacked)
        let expected = try sample.packed()
        for call in 8..<40 {
            try? FileManager.default.removeItem(atPath: sample.path)
            _ = try? sample.packer(disk: FaultyPackDisk(.from(60, .ioError))).run()
            try FileManager.default.removeItem(atPath: sample.path + ".part")
            _ = try? sample.packer(disk: FaultyPackDisk(.from(call, .ioError))).run()
            _ = try sample.packer(replaces: true).run()
            #expect(try sample.bytes(of: sample.path) == expected, "call \(call)")
        }
    }

    @Test("stops when told to and goes on where it was")
    func interrupted() throws {
        let sample = try SampleStore(.stacked)
        let expected = try sample.packed()
        try FileManager.default.removeItem(atPath: sample.path)
        let questions = Countdown(4)
        #expect(try sample.packer().run(isCancelled: { questions.isOver }) == .interrupted)
        #expect(!FileManager.default.fileExists(atPath: sample.path))
        guard case .finished(let resumed) = try sample.packer().run() else {
            Issue.record("it did not finish")
            return
        }
        #expect(resumed > 0)
        #expect(try sample.bytes(of: sample.path) == expected)
    }

    @Test("refuses what cannot become a store, by name")
    func refusals() throws {
        let sample = try SampleStore(.stacked)
        _ = try sample.packed()
        func code(_ body: () throws -> Void) -> ExpertStorageError.Code? {
            do { try body() } catch { return (error as? ExpertStorageError)?.code }
            return nil
        }
        #expect(code { _ = try sample.packer() } == .fileExists)
        let store = try ModelFile.open(sample.path)
        func pack(_ model: ModelFile, _ experts: [PackedExpert], to path: String) throws {
            _ = try StorePacker(model, experts: experts, to: path, replaces: true)
        }
        #expect(code { try pack(store, sample.experts, to: sample.path) } == .alreadyStore)
        #expect(code { try pack(sample.model, [], to: sample.path) } == .noExperts)
        #expect(code { try pack(sample.model, sample.experts, to: sample.model.parts[0]) } == .isSource)
        #expect(code { _ = try StoreVerifier(sample.model) } == .notStore)
        let full = try sample.packer(disk: FaultyPackDisk(freeBytes: 10), replaces: true)
        #expect(code { _ = try full.run() } == .diskFull(missing: full.storeBytes - 10))
        #expect(try Self.leftovers(sample) == [])
    }

    @Test("takes no checkpoint of another layout for its own")
    func otherLayout() throws {
        let sample = try SampleStore(.progressive)
        let expected = try sample.packed()
        try FileManager.default.removeItem(atPath: sample.path)
        func plain(_ disk: FaultyPackDisk) throws -> StorePacker.Outcome {
            try StorePacker(
                sample.model, experts: sample.experts, to: sample.path, replaces: true, disk: disk,
                stepBytes: 100, threadCount: 1
            ).run()
        }
        _ = try? plain(FaultyPackDisk(.from(30, .ioError)))
        #expect(try sample.packer().run() == .finished(resumedBytes: 0))
        #expect(try sample.bytes(of: sample.path) == expected)
    }

    @Test("keeps records plain where no format comes apart, and refuses matrices that are not the pieces")
    func nothingToSplit() throws {
        let sample = try SampleStore(.stacked)
        let packer = try StorePacker(
            sample.model, experts: sample.experts, to: sample.folder.path + "/plain.sluice",
            isProgressive: true, replaces: true)
        #expect(packer.recordLayout == .plain && packer.prefixBytes == packer.recordBytes)
        for matrices in [[], [PackedExpert.Matrix(format: .q8_0, byteCount: 34)]] {
            var experts = sample.experts
            experts[1].matrices = matrices
            let error = #expect(throws: ExpertStorageError.self) {
                try StorePacker(
                    sample.model, experts: experts, to: sample.path, isProgressive: true, replaces: true)
            }
            guard case .invalidExperts = error?.code else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test("refuses pieces that lie outside of their file or belong to two experts")
    func badPieces() throws {
        let sample = try SampleStore(.stacked)
        let size = try sample.bytes(of: sample.model.parts[0]).count
        let bad = [
            ExpertPiece(file: 1, offset: 0, byteCount: 1), ExpertPiece(file: 0, offset: -1, byteCount: 2),
            ExpertPiece(file: 0, offset: size, byteCount: 1),
            ExpertPiece(file: 0, offset: 0, byteCount: .max), ExpertPiece(file: 0, offset: 0, byteCount: 0),
            sample.experts[0].pieces[0],
        ]
        for piece in bad {
            var experts = sample.experts
            experts[1].pieces = [piece]
            let error = #expect(throws: ExpertStorageError.self) {
                try StorePacker(sample.model, experts: experts, to: sample.path, replaces: true)
            }
            guard case .invalidExperts = error?.code else {
                Issue.record("\(piece): \(String(describing: error))")
                continue
            }
            #expect(error?.layer != nil && error?.expert != nil)
        }
    }

    /// What lies beside the store after packing.
    private static func leftovers(_ sample: SampleStore) throws -> [String] {
        let folder = FilePath(sample.path).removingLastComponent().string
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0 != FilePath(sample.path).lastComponent?.string
        }
    }
}

/// Says that it is over from the given question on.
private final class Countdown: Sendable {
    private let left: Atomic<Int>

    init(_ count: Int) { left = Atomic(count) }

    var isOver: Bool { left.wrappingSubtract(1, ordering: .relaxed).newValue < 0 }
}
