import ExpertStorage
import SystemPackage
import TestSupport
import Testing

@Suite("Loading experts into slots")
struct ExpertLoaderTests {
    @Test("brings every byte of every expert, whatever the order, the block size and what comes short")
    func bringsEveryByte() {
        for seed in 0..<UInt64(200) {
            let bench = Bench(seed: seed)
            var generator = SeededGenerator(seed: seed)
            for index in 0..<200 where Int.random(in: 0..<4, using: &generator) == 0 {
                bench.disk.faults[index] =
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: .error(.interrupted)
                    case 1: .error(.resourceTemporarilyUnavailable)
                    case 2: .slow(10_000_000)
                    default: .short(4096 * Int.random(in: 1...3, using: &generator))
                    }
            }
            for slot in 0..<bench.slotCount {
                bench.begin(expert: slot, slot: slot, urgency: slot % 3 == 0 ? .guess : .demand)
            }
            let ended = bench.awaitAll()
            #expect(ended.count == bench.slotCount, "seed \(seed)")
            #expect(ended.allSatisfy { $0.outcome == .ready }, "seed \(seed)")
            for slot in 0..<bench.slotCount {
                #expect(
                    bench.bytes(of: slot, in: slot) == bench.expected(slot), "seed \(seed), expert \(slot)")
            }
            #expect(bench.disk.readsUnderWay == 0)
        }
    }

    @Test("reports the Nth failing read with its expert, piece and offset, and gives every place back")
    func reportsFailures() {
        for fault in [FakeDisk.Fault.error(.ioError), .short(0)] {
            var index = 0
            while true {
                let bench = Bench(seed: 7)
                bench.disk.faults[index] = fault
                bench.begin(expert: 0, slot: 0, urgency: .demand)
                let ended = bench.awaitAll()
                #expect(ended.count == 1)
                if bench.disk.reads.count <= index {
                    #expect(ended.first?.outcome == .ready)
                    break
                }
                let read = bench.disk.reads[index]
                guard case .failed(let error, let piece, let offset) = ended.first?.outcome else {
                    Issue.record("read \(index) failed and the load did not")
                    break
                }
                #expect(error == (fault == .short(0) ? Errno(rawValue: 0) : .ioError))
                #expect(offset == read.offset)
                let place = bench.catalog.piece(piece, of: 0)
                #expect(place.file == read.file && read.offset < place.offset + place.byteCount)
                // The slot can be loaded again, and then has the right bytes.
                bench.begin(expert: 1, slot: 0, urgency: .demand)
                #expect(bench.awaitAll().first?.outcome == .ready)
                #expect(bench.bytes(of: 1, in: 0) == bench.expected(1))
                index += 1
            }
            #expect(index > 3, "an expert is several reads")
        }
    }

    @Test("reports a file that ends inside an expert")
    func reportsTruncation() {
        let bench = Bench(seed: 3)
        let last = bench.catalog.piece(bench.catalog.piecesPerExpert - 1, of: bench.slotCount - 1)
        bench.disk.files[last.file].removeLast(bench.disk.files[last.file].count - last.offset - 10)
        bench.begin(expert: bench.slotCount - 1, slot: 0, urgency: .demand)
        let ended = bench.awaitAll()
        #expect(
            ended.first?.outcome
                == .failed(
                    Errno(rawValue: 0), piece: bench.catalog.piecesPerExpert - 1, offset: last.offset + 10))
    }

    @Test("reads demand before guesses that were asked for earlier")
    func putsDemandFirst() {
        let bench = Bench(seed: 5, depth: 2)
        for slot in 0..<3 { bench.begin(expert: slot, slot: slot, urgency: .guess) }
        bench.loader.pump()
        let before = bench.disk.reads.count
        #expect(before == 1, "guesses leave half of the device free")
        bench.begin(expert: 5, slot: 5, urgency: .demand)
        #expect(bench.awaitOne() == 5)
    }

    @Test("gives guesses more of the device as long as nobody waits for it")
    func deepensIdleGuesses() {
        let bench = Bench(seed: 7, depth: 8, guessDepth: 1, idleGuessDepth: 3)
        for slot in 0..<4 { bench.begin(expert: slot, slot: slot, urgency: .guess) }
        bench.loader.pump()
        #expect(bench.disk.readsUnderWay == 3)
        bench.begin(expert: 5, slot: 5, urgency: .demand)
        #expect(bench.awaitOne() == 5)
        #expect(bench.disk.readsUnderWay <= 3, "of the guesses none came in between")
    }

    @Test("reads a guess that became a demand before the others")
    func promotes() {
        let bench = Bench(seed: 6, depth: 2)
        for slot in 0..<4 { bench.begin(expert: slot, slot: slot, urgency: .guess) }
        bench.loader.promote(slot: 3)
        #expect(bench.awaitOne() == 3)
        #expect(bench.awaitAll().count == 3)
    }

    @Test("reads no more blocks of a guess that is called off, and awaits those under way")
    func cancels() {
        let bench = Bench(seed: 9, depth: 2)
        bench.begin(expert: 0, slot: 0, urgency: .guess)
        bench.loader.pump()
        bench.loader.cancel(slot: 0)
        #expect(bench.disk.readsUnderWay == 1)
        #expect(bench.loader.isLoading(slot: 0))
        #expect(bench.awaitAll().map(\.outcome) == [.cancelled])
        #expect(bench.disk.reads.count == 1)
        bench.begin(expert: 1, slot: 0, urgency: .demand)
        #expect(bench.awaitAll().map(\.outcome) == [.ready])
        #expect(bench.bytes(of: 1, in: 0) == bench.expected(1))
    }

    @Test("counts the bytes it read and the time in which it read")
    func counts() {
        let bench = Bench(seed: 10)
        bench.begin(expert: 0, slot: 0, urgency: .demand)
        _ = bench.awaitAll()
        #expect(bench.loader.counters.blocks == bench.disk.reads.count)
        #expect(bench.loader.counters.bytes == bench.disk.reads.reduce(0) { $0 + $1.byteCount })
        #expect(bench.loader.counters.busyNanoseconds > 0)
        #expect(bench.loader.counters.busyNanoseconds <= bench.disk.nowNanoseconds)
        #expect(bench.loader.counters.demandNanoseconds == bench.loader.counters.busyNanoseconds)
        #expect(bench.loader.counters.demandBytes == bench.loader.counters.bytes)
    }

    @Test("counts no guess that is read alone as a demand")
    func countsDemand() {
        let bench = Bench(seed: 11)
        bench.begin(expert: 0, slot: 0, urgency: .guess)
        _ = bench.awaitAll()
        #expect(bench.loader.counters.busyNanoseconds > 0)
        #expect(bench.loader.counters.demandNanoseconds == 0)
        #expect(bench.loader.counters.demandBytes == 0)
    }
}

/// Two files of random bytes with experts of three pieces, a fake disk, and a loader.
final class Bench {
    let catalog: ExpertCatalog
    let disk: FakeDisk
    let slab: Slab
    let loader: ExpertLoader
    let slotCount = 8
    private let slotBytes: Int

    init(seed: UInt64, depth: Int = 6, guessDepth: Int? = nil, idleGuessDepth: Int? = nil) {
        var generator = SeededGenerator(seed: seed)
        let lengths = (0..<3).map { _ in Int.random(in: 1...60_000, using: &generator) }
        var files: [[UInt8]] = [[], []]
        var experts: [[ExpertPiece]] = Array(repeating: [], count: 8)
        for (index, length) in lengths.enumerated() {
            let file = index % 2
            for expert in experts.indices {
                let gap = Int.random(in: 0...5000, using: &generator)
                files[file] += (0..<gap).map { _ in UInt8.random(in: 0...255, using: &generator) }
                experts[expert].append(
                    ExpertPiece(file: file, offset: files[file].count, byteCount: length))
                files[file] += (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
        }
        // The last block of a file is seldom whole.
        for file in files.indices { files[file] += [1, 2, 3] }
        catalog = ExpertCatalog(layers: [experts])
        slotBytes = catalog.slotBytes[0]
        disk = FakeDisk(files: files, depth: depth, seed: seed)
        do { slab = try Slab(byteCount: slotBytes * slotCount) } catch { fatalError("\(error)") }
        loader = ExpertLoader(
            catalog: catalog, device: disk, slab: slab, slotCount: slotCount,
            blockBytes: 4096 * Int.random(in: 1...4, using: &generator), guessDepth: guessDepth,
            idleGuessDepth: idleGuessDepth)
    }

    func begin(expert: Int, slot: Int, urgency: ExpertLoader.Urgency) {
        loader.begin(expert: expert, slot: slot, slabOffset: slot * slotBytes, urgency: urgency)
    }

    /// Every load that ends until nothing is under way.
    func awaitAll() -> [(slot: Int, outcome: ExpertLoader.Outcome)] {
        var ended: [(slot: Int, outcome: ExpertLoader.Outcome)] = []
        while (0..<slotCount).contains(where: loader.isLoading) {
            if let one = loader.nextEnded(timeoutMicroseconds: 1000) { ended.append(one) }
        }
        return ended
    }

    /// The slot of the load that ends next.
    func awaitOne() -> Int {
        while true {
            if let ended = loader.nextEnded(timeoutMicroseconds: 1000) { return ended.slot }
        }
    }

    func bytes(of expert: Int, in slot: Int) -> [[UInt8]] {
        (0..<catalog.piecesPerExpert).map { index in
            let start = slot * slotBytes + catalog.slotOffset(piece: index, of: expert)
            return slab.bytes(start..<start + catalog.piece(index, of: expert).byteCount)
        }
    }

    func expected(_ expert: Int) -> [[UInt8]] {
        (0..<catalog.piecesPerExpert).map { index in
            let piece = catalog.piece(index, of: expert)
            return Array(disk.files[piece.file][piece.offset..<piece.offset + piece.byteCount])
        }
    }
}
