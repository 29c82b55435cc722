import ExpertStorage
import Foundation
import Kernels
import ModelFiles
import Models
import Residency
import SystemPackage
import TestSupport
import Testing

/// Experts from a disk that fails, on virtual time: right bits or an error with its place, and no leak.
@Suite("Streaming from a disk that fails", .serialized)
struct StreamingFaultTests {
    static let paths = [
        ModelVariantTests.committed + "/deepseek_v2-groups-yarn",
        ModelVariantTests.committed + "/gpt_oss-layer-types",
    ]

    /// A quarter of the experts, or one slot of every layer, or one layer's choice for all.
    private static func way(_ share: Double?, isGlobal: Bool, guessAreas: Int) -> StreamedWay {
        StreamedWay(
            share: share, policy: PolicyRegistry.entries[0], method: .bufferedThreads, threads: 1,
            isGlobal: isGlobal, rows: 0, guessAreas: guessAreas)
    }

    /// What happens to one read, and the error that is then thrown; nil where none is.
    private static let faults: [(fault: FakeDisk.Fault, code: ExpertStorageError.Code?)] = [
        (.error(.ioError), .readFailed(.ioError)), (.short(0), .endOfFile(needed: 0, found: 0)),
        (.short(3), nil), (.slow(10_000_000), nil), (.error(.interrupted), nil),
        (.error(.resourceTemporarilyUnavailable), nil),
    ]

    @Test(
        "the Nth read fails: right bits, or an error that names layer, expert, file and place",
        arguments: paths)
    func nthRead(_ path: String) throws {
        let subject = try StreamingBench.Subject(path)
        for (fault, code) in Self.faults {
            for (rows, guesses) in [(1, 0), (1, 2), (10, 0)] {
                var index = 0
                var thrown = 0
                while true {
                    let bench = try StreamingBench(
                        subject, Self.way(0.25, isGlobal: false, guessAreas: guesses), stepRows: rows,
                        seed: UInt64(index))
                    bench.disk.faults[index] = fault
                    var found: ExpertStorageError?
                    let logits = bench.run(whenFailed: { error in
                        found = error
                        return false
                    })
                    let reads = bench.disk.reads.count
                    if let found {
                        thrown += 1
                        expect(found, code, names: bench.disk.reads[index], of: subject)
                    } else {
                        #expect(logits == subject.expected, "read \(index), \(fault)")
                        // A guess that fails is read again when it comes true.
                        #expect(code == nil || guesses > 0 || reads <= index)
                    }
                    #expect(bench.isAtRest)
                    // The fault is over: the same again.
                    bench.disk.faults = [:]
                    #expect(bench.run() == subject.expected, "after read \(index), \(fault)")
                    #expect(bench.isAtRest && bench.readsAfterEnd() == 0)
                    if reads <= index { break }
                    index += Nightly.isOn ? 1 : 1 + index / 8
                }
                #expect(code == nil ? thrown == 0 : thrown > 3, "\(fault)")
            }
        }
    }

    private func expect(
        _ error: ExpertStorageError, _ code: ExpertStorageError.Code?, names read: BlockRead,
        of subject: StreamingBench.Subject
    ) {
        switch (error.code, code) {
        case (.endOfFile(let needed, let found), .endOfFile):
            #expect(needed > 0 && found >= 0 && found < needed)
        default: #expect(error.code == code)
        }
        #expect(error.path == subject.file.parts[read.file])
        guard let layer = error.layer, let expert = error.expert, let offset = error.offset,
            let extents = subject.needs.extents, let place = extents.layerNumbers.firstIndex(of: layer)
        else {
            Issue.record("an error without a place: \(error)")
            return
        }
        #expect((read.offset..<read.offset + read.byteCount).contains(offset))
        let number = place * extents.catalog.expertsPerLayer + expert
        let holdsRead = (0..<extents.catalog.piecesPerExpert).contains { index in
            let piece = extents.catalog.piece(index, of: number)
            return piece.file == read.file && read.offset < piece.offset + piece.byteCount
                && read.offset + read.byteCount > piece.offset
        }
        #expect(holdsRead, "\(error)")
        for part in [
            "expert \(expert) of layer \(layer)", "at byte \(offset)", subject.file.parts[read.file],
        ] {
            #expect(error.description.contains(part))
        }
    }

    @Test(
        "a store whose reads flip a bit: right bits, or an error that names layer, expert and place",
        arguments: [0, 2])
    func flippedBits(guesses: Int) throws {
        let folder = try TemporaryFolder()
        let store = try PackedModelTests.packed(Self.paths[0], isProgressive: false, in: folder)
        let subject = try StreamingBench.Subject(store)
        let way = Self.way(0.25, isGlobal: false, guessAreas: guesses)
        // Each read once, also those of experts that were read and found right before.
        var damaged = 0
        var index = 0
        while true {
            let bench = try StreamingBench(subject, way, stepRows: 1, seed: UInt64(index))
            bench.disk.faults[index] = .bitFlip
            var found: ExpertStorageError?
            let logits = bench.run(whenFailed: { error in
                found = error
                return false
            })
            if let found {
                guard case .damaged = found.code else {
                    Issue.record("\(found)")
                    return
                }
                #expect(found.layer != nil && found.expert != nil && found.path == store)
                damaged += 1
            } else {
                // The bit lay behind the record, or the guess was wrong.
                #expect(logits == subject.expected, "read \(index)")
            }
            #expect(bench.isAtRest)
            if bench.disk.reads.count <= index { break }
            bench.disk.faults = [:]
            #expect(bench.run() == subject.expected, "after read \(index)")
            index += Nightly.isOn ? 1 : 1 + index / 16
        }
        #expect(damaged > 10)
    }

    @Test("a device that is gone: every step fails until it is back", arguments: paths)
    func gone(_ path: String) throws {
        let subject = try StreamingBench.Subject(path)
        for isGlobal in [false, true] {
            for from in [0, 1, 7, 20] {
                let bench = try StreamingBench(
                    subject, Self.way(nil, isGlobal: isGlobal, guessAreas: 0), stepRows: 2, seed: 5)
                bench.disk.lastingFault = (from, .error(.noSuchAddressOrDevice))
                for _ in 0..<3 {
                    var code: ExpertStorageError.Code?
                    let logits = bench.run(whenFailed: {
                        code = $0?.code
                        return false
                    })
                    #expect(code == .readFailed(.noSuchAddressOrDevice) && bench.isAtRest)
                    #expect(logits == Array(subject.expected.prefix(logits.count)))
                }
                bench.disk.lastingFault = nil
                #expect(bench.run() == subject.expected)
            }
        }
    }

    @Test("a storm of interruptions only takes time", arguments: paths)
    func storm(_ path: String) throws {
        let subject = try StreamingBench.Subject(path)
        let bench = try StreamingBench(
            subject, Self.way(0.25, isGlobal: true, guessAreas: 0), stepRows: 3, seed: 6)
        for index in 5..<500 { bench.disk.faults[index] = .error(.interrupted) }
        #expect(bench.run() == subject.expected)
        #expect(bench.disk.reads.count > 500)
    }

    @Test("a file that was cut off gives an error where its bytes end", arguments: paths)
    func cutOff(_ path: String) throws {
        let subject = try StreamingBench.Subject(path)
        let bench = try StreamingBench(
            subject, Self.way(0.25, isGlobal: true, guessAreas: 0), stepRows: 10, seed: 7)
        let extents = try #require(subject.needs.extents)
        let end = try #require(
            (0..<extents.catalog.expertsPerLayer).map {
                extents.catalog.piece(0, of: $0).offset
            }.max())
        bench.disk.files[0].removeSubrange((end + 10)...)
        var found: ExpertStorageError?
        _ = bench.run(whenFailed: {
            found = $0
            return false
        })
        guard case .endOfFile(let needed, let count)? = found?.code else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(count < needed && found?.path == subject.file.parts[0] && bench.isAtRest)
        bench.disk.files = subject.parts
        #expect(bench.run() == subject.expected)
    }

    @Test(
        "a step that is cancelled while it waits for a slow disk ends soon, and harms nothing",
        arguments: paths)
    func cancelled(_ path: String) throws {
        let subject = try StreamingBench.Subject(path)
        for (share, rows) in [(0.25, 1), (0.25, 10), (nil, 10)] as [(Double?, Int)] {
            for isGlobal in [false, true] {
                let bench = try StreamingBench(
                    subject, Self.way(share, isGlobal: isGlobal, guessAreas: rows == 1 ? 2 : 0),
                    stepRows: rows,
                    seed: 8)
                bench.disk.lastingFault = (3, .slow(10_000_000))
                let wanted = bench.disk.nowNanoseconds + 1_000_000_000
                let logits = bench.run { bench.disk.nowNanoseconds > wanted }
                #expect(logits.count < subject.ids.count)
                #expect(bench.disk.nowNanoseconds - wanted < 100_000_000, "within 100 ms")
                #expect(bench.isAtRest)
                #expect(bench.disk.readsUnderWay > 0)
                bench.disk.lastingFault = nil
                #expect(bench.run() == subject.expected)
                bench.disk.lastingFault = (0, .slow(10_000_000))
                _ = bench.run { bench.disk.readsUnderWay > 0 }
                #expect(bench.readsAfterEnd() == 0, "memory stays until reads have ended")
            }
        }
    }

    @Test(
        "a file that is written to or cut off while it is used ends the step", arguments: [true, false])
    func changedFile(isCutOff: Bool) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        for name in ["config.json", "model.safetensors"] {
            try FileManager.default.copyItem(
                atPath: Self.paths[0] + "/" + name, toPath: folder.path + "/" + name)
        }
        let subject = try StreamingBench.Subject(folder.path)
        let bench = try StreamingBench(
            subject, Self.way(0.25, isGlobal: false, guessAreas: 2), stepRows: 1, seed: 9)
        #expect(bench.run() == subject.expected)
        let path = folder.path + "/model.safetensors"
        let handle = try #require(FileHandle(forWritingAtPath: path))
        let end = try handle.seekToEnd()
        if isCutOff {
            try handle.truncate(atOffset: end - 4096)
        } else {
            try handle.write(contentsOf: Data([0]))
        }
        try handle.close()
        var found: ExpertStorageError?
        let logits = bench.run(whenFailed: {
            found = $0
            return false
        })
        #expect(logits.isEmpty && found?.code == .fileChanged && found?.path == path)
        #expect(bench.isAtRest && bench.readsAfterEnd() == 0)
    }

    @Test("whatever happens in any order, steps give the right bits or fail, and can be repeated")
    func simulation() throws {
        let folder = try TemporaryFolder()
        let store = try PackedModelTests.packed(Self.paths[0], isProgressive: false, in: folder)
        let subjects = try (Self.paths + [store]).map { try StreamingBench.Subject($0) }
        let first = SeededGenerator.fromEnvironment(fallback: 1).seed
        var failures = 0
        for seed in first..<first + (Nightly.isOn ? 10_000 : 200) {
            var generator = SeededGenerator(seed: seed)
            guard var way = StreamedWay.all.randomElement(using: &generator) else { return }
            way.threads = 1
            let subject = subjects[Int(seed) % subjects.count]
            let bench = try StreamingBench(
                subject, way, stepRows: Int.random(in: 1...10, using: &generator), seed: seed,
                depth: Int.random(in: 1...6, using: &generator))
            let rarity = Int.random(in: 2...30, using: &generator)
            for index in 0..<400 where Int.random(in: 0..<rarity, using: &generator) == 0 {
                // Only stores have checksums.
                let isChecked = subject.file.store != nil
                bench.disk.faults[index] =
                    isChecked && Bool.random(using: &generator) ? .bitFlip : Self.fault(&generator)
            }
            for _ in 0..<2 {
                let patience = Int.random(in: 3...200, using: &generator)
                var questions = 0
                let logits = bench.run {
                    questions += 1
                    return questions % patience == 0 && questions < 1000
                } whenFailed: { _ in
                    failures += 1
                    #expect(bench.isAtRest, "seed \(seed)")
                    return true
                }
                #expect(logits == subject.expected, "seed \(seed), \(way)")
                #expect(bench.isAtRest, "seed \(seed)")
            }
            #expect(bench.readsAfterEnd() == 0, "seed \(seed)")
        }
        #expect(failures > 100)
    }

    private static func fault(_ generator: inout SeededGenerator) -> FakeDisk.Fault {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: .error(.ioError)
        case 1: .error(.noSuchAddressOrDevice)
        case 2: .error(.interrupted)
        case 3: .error(.resourceTemporarilyUnavailable)
        case 4: .slow(Int.random(in: 1...10_000_000, using: &generator))
        case 5: .short(Int.random(in: 0...4095, using: &generator))
        default: .short(4096)
        }
    }
}
