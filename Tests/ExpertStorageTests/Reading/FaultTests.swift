import CSystemCallFilter
import ExpertStorage
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("Disks that misbehave")
struct FaultTests {
    @Test("a storm of interrupted reads only costs repetitions")
    func survivesInterruptions() {
        let bench = Bench(seed: 21)
        for index in 0..<2000 {
            bench.disk.faults[index] = .error(index % 2 == 0 ? .interrupted : .resourceTemporarilyUnavailable)
        }
        for slot in 0..<bench.slotCount { bench.begin(expert: slot, slot: slot, urgency: .demand) }
        #expect(bench.awaitAll().allSatisfy { $0.outcome == .ready })
        #expect(bench.disk.reads.count > 2000)
        for slot in 0..<bench.slotCount { #expect(bench.bytes(of: slot, in: slot) == bench.expected(slot)) }
    }

    @Test("a read of ten seconds delays its own expert alone, and asking never waits longer than told")
    func outlivesSlowRead() {
        let bench = Bench(seed: 22)
        bench.disk.faults[0] = .slow(10_000_000)
        for slot in 0..<bench.slotCount { bench.begin(expert: slot, slot: slot, urgency: .demand) }
        var ended: [Int] = []
        while ended.count < bench.slotCount - 1 {
            let before = bench.disk.nowNanoseconds
            if let one = bench.loader.nextEnded(timeoutMicroseconds: 500) { ended.append(one.slot) }
            #expect(bench.disk.nowNanoseconds - before <= 500_000)
        }
        #expect(!ended.contains(0))
        #expect(bench.disk.nowNanoseconds < 1_000_000_000)
        #expect(bench.awaitAll().map(\.outcome) == [.ready])
        #expect(bench.disk.nowNanoseconds >= 10_000_000_000)
        #expect(bench.bytes(of: 0, in: 0) == bench.expected(0))
    }

    @Test("a disk that goes away fails every load, holds nothing back, and serves again when it returns")
    func outlivesDisk() {
        for lastGood in 0..<12 {
            let bench = Bench(seed: 23)
            for index in lastGood..<lastGood + 200 {
                bench.disk.faults[index] = .error(.noSuchAddressOrDevice)
            }
            for slot in 0..<bench.slotCount {
                bench.begin(expert: slot, slot: slot, urgency: slot % 2 == 0 ? .demand : .guess)
            }
            let ended = bench.awaitAll()
            #expect(ended.count == bench.slotCount)
            let failed = ended.filter {
                if case .failed(.noSuchAddressOrDevice, _, _) = $0.outcome { true } else { false }
            }
            #expect(failed.count + ended.filter { $0.outcome == .ready }.count == bench.slotCount)
            #expect(failed.count >= bench.slotCount - lastGood)
            #expect(bench.disk.readsUnderWay == 0)
            // Far fewer than there are faults: a load gives up with its first failure.
            #expect(bench.disk.reads.count < lastGood + 100)
            bench.disk.faults = [:]
            for slot in 0..<bench.slotCount { bench.begin(expert: slot, slot: slot, urgency: .demand) }
            #expect(bench.awaitAll().allSatisfy { $0.outcome == .ready })
            #expect(bench.bytes(of: 7, in: 7) == bench.expected(7))
        }
    }

    @Test(
        "a file that is truncated while it is read ends the load at its new end",
        arguments: ReadMethod.allCases)
    func noticesTruncation(method: ReadMethod) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([UInt8](repeating: 7, count: 1 << 20), to: "model")
        let open = try FaultTests.open([path], method, depth: 4)
        let piece = ExpertPiece(file: 0, offset: 100_000, byteCount: 900_000)
        let catalog = ExpertCatalog(layers: [[[piece]]])
        let slab = try Slab(byteCount: catalog.slotBytes[0])
        let loader = ExpertLoader(
            catalog: catalog, device: open.device, slab: slab, slotCount: 1, blockBytes: 65_536)
        #expect(load(loader) == .ready)
        try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: 500_001)
        guard case .failed(let error, 0, let offset) = load(loader) else {
            Issue.record("the load of a truncated file did not fail")
            return
        }
        #expect(error == Errno(rawValue: 0))
        // Of several blocks that are missing, any may be the first to say so.
        #expect((500_001..<1_000_000).contains(offset))
        #expect(open.files.changedFile() == 0)
    }

    static func open(
        _ paths: [String], _ method: ReadMethod, depth: Int
    ) throws(ExpertStorageError) -> OpenedDevice {
        try ReadPlan(method: method, blockBytes: 4096, depth: depth).open(paths)
    }

    private func load(_ loader: ExpertLoader) -> ExpertLoader.Outcome? {
        loader.begin(expert: 0, slot: 0, slabOffset: 0, urgency: .demand)
        for _ in 0..<100 {
            if let ended = loader.nextEnded(timeoutMicroseconds: 100_000) { return ended.outcome }
        }
        return nil
    }

    @Test("where a file system has no direct I/O, reads pass through the page cache, and the reason is told")
    func fallsBackToPageCache() throws {
        // The kernel's own files have none, on any machine.
        let path = "/proc/self/maps"
        let open = try FaultTests.open([path], .directThreads, depth: 1)
        #expect(open.method == .bufferedThreads)
        #expect(!open.files.isDirect)
        #expect(open.refusals.map(\.way) == [.read(.directThreads)])
        #expect(open.refusals.map(\.error.code) == [.unreadableFile(.invalidArgument)])
        let slab = try Slab(byteCount: 4096)
        unsafe open.device.submit(
            BlockRead(file: 0, offset: 0, byteCount: 4096, destination: slab.address(0), tag: 0))
        #expect(try #require(open.device.next(timeoutMicroseconds: 5_000_000)).result > 0)
    }

    @Test("files in memory are read right, by direct I/O or without", arguments: ReadMethod.allCases)
    func readsMemoryFiles(method: ReadMethod) throws {
        let folder = "/dev/shm"
        try #require(FileManager.default.isWritableFile(atPath: folder))
        let path = folder + "/sluice-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: 7 * $0 + $0 / 256) }
        try Data(content).write(to: URL(fileURLWithPath: path))
        let open = try FaultTests.open([path], method, depth: 2)
        // Newer kernels accept direct I/O here and serve it from memory, older ones refuse it.
        #expect(open.method == method || open.refusals.map(\.way) == [.read(method)])
        let catalog = ExpertCatalog(layers: [[[ExpertPiece(file: 0, offset: 5000, byteCount: 90_000)]]])
        let slab = try Slab(byteCount: catalog.slotBytes[0])
        let loader = ExpertLoader(
            catalog: catalog, device: open.device, slab: slab, slotCount: 1, blockBytes: 8192)
        #expect(load(loader) == .ready)
        let start = catalog.slotOffset(piece: 0, of: 0)
        #expect(slab.bytes(start..<start + 90_000) == Array(content[5000..<95_000]))
    }

    #if os(Linux)
    @Test("where io_uring is forbidden, threads read, and the reason is told")
    func fallsBackToThreads() async {
        await #expect(processExitsWith: .success) {
            try #require(refuse_io_uring(EPERM) == 0)
            let folder = try TemporaryFolder()
            let path = try folder.write([UInt8](repeating: 9, count: 8192), to: "model")
            for method in [ReadMethod.directRing, .bufferedRing] {
                let open = try FaultTests.open([path], method, depth: 1)
                #expect(open.method == (method.isDirect ? .directThreads : .bufferedThreads))
                #expect(open.refusals.map(\.error.code) == [.noRing(.notPermitted)])
                let slab = try Slab(byteCount: 4096)
                unsafe open.device.submit(
                    BlockRead(file: 0, offset: 4096, byteCount: 4096, destination: slab.address(0), tag: 3))
                let completion = open.device.next(timeoutMicroseconds: 5_000_000)
                #expect(completion == BlockCompletion(tag: 3, result: 4096))
                #expect(slab.bytes(0..<4096).allSatisfy { $0 == 9 })
            }
        }
    }
    #endif

    @Test("a file that cannot be opened is an error, not a reason to try other ways")
    func refusesMissingFile() {
        #expect {
            try FaultTests.open(["/no/such/file"], .directRing, depth: 1)
        } throws: {
            ($0 as? ExpertStorageError)?.code == .unreadableFile(.noSuchFileOrDirectory)
        }
    }

    @Test("memory that the system does not give is an error that says how much was wanted")
    func refusesMemory() {
        #expect {
            try Slab(byteCount: 1 << 60)
        } throws: {
            ($0 as? ExpertStorageError)?.code == .noMemory(byteCount: 1 << 60)
                && "\($0)".contains("--memory")
        }
    }
}
