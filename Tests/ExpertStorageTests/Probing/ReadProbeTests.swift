import ExpertStorage
import SystemPackage
import TestSupport
import Testing

@Suite("Measuring how a disk is best read")
struct ReadProbeTests {
    private typealias Service = ServedDisk.Service

    /// All ways of reading alike, mapping slower.
    private static func services(_ service: Service) -> [ReadWay: Service] {
        var services = Dictionary(uniqueKeysWithValues: ReadWay.all.map { ($0, service) })
        services[.mapped]?.bytesPerSecond /= 4
        return services
    }

    private func short(_ disk: ServedDisk, seed: UInt64 = 1) throws -> ReadProbe.Result {
        try ReadProbe(disk, generator: SeededGenerator(seed: seed)).short()
    }

    @Test("takes io_uring with the fewest bytes under way that reach the disk's speed")
    func takesSimplest() throws {
        // 1 GB/s behind 100 us: two reads of 256 KiB hide the latency, and no more is gained by others.
        let disk = ServedDisk(
            services: Self.services(Service(latencyNanoseconds: 100_000, bytesPerSecond: 1e9)))
        let choice = try #require(try short(disk).choice)
        #expect(choice.plan.method == .directRing)
        #expect(choice.plan.blockBytes == 256 << 10 && choice.plan.depth == 2)
        #expect((0.9e9...1.0e9).contains(choice.bytesPerSecond))
        // Of the two reads under way one waits for the other.
        #expect((0.0003...0.0007).contains(choice.blockSeconds))
    }

    @Test("takes as much depth as a slow answer wants")
    func takesDepth() throws {
        // 2 ms of latency at 2 GB/s are 4 MB under way.
        let disk = ServedDisk(
            services: Self.services(Service(latencyNanoseconds: 2_000_000, bytesPerSecond: 2e9)))
        let choice = try #require(try short(disk).choice)
        #expect(choice.plan.blockBytes * choice.plan.depth >= 4 << 20)
        #expect(choice.plan.blockBytes * choice.plan.depth <= 16 << 20)
    }

    @Test("tries nothing for which its memory is too small")
    func keepsToMemory() throws {
        // Where depth gains without end, the largest setting of the table wins, or the largest that fits.
        let disk = ServedDisk(
            services: Self.services(Service(latencyNanoseconds: 20_000_000, bytesPerSecond: 2e9)))
        let probe = ReadProbe(disk, generator: SeededGenerator(seed: 1))
        let small = try probe.short(bytesUnderWay: 8 << 20)
        #expect(small.speeds.count > 4)
        #expect(small.speeds.allSatisfy { $0.setting.blockBytes * $0.setting.depth <= 8 << 20 })
        #expect(try short(disk).speeds.contains { $0.setting.blockBytes * $0.setting.depth > 8 << 20 })
    }

    @Test(
        "is not misled by noise: of equals, the simplest within a few percent",
        arguments: 0..<20 as Range<UInt64>)
    func withstandsNoise(seed: UInt64) throws {
        let service = Service(latencyNanoseconds: 50_000, bytesPerSecond: 1e9, noise: 0.1)
        let disk = ServedDisk(services: Self.services(service), seed: seed)
        let choice = try #require(try short(disk, seed: seed).choice)
        #expect(choice.plan.method == .directRing, "seed \(seed)")
        #expect(choice.plan.blockBytes * choice.plan.depth <= 2 << 20, "seed \(seed)")
    }

    @Test("takes threads where they are faster, and the page cache only where it gains much")
    func takesFaster() throws {
        var services = Self.services(Service(latencyNanoseconds: 100_000, bytesPerSecond: 1e9))
        services[.read(.directThreads)]?.bytesPerSecond = 1.2e9
        #expect(try short(ServedDisk(services: services)).choice?.plan.method == .directThreads)
        services[.read(.bufferedRing)]?.bytesPerSecond = 1.3e9
        #expect(try short(ServedDisk(services: services)).choice?.plan.method == .directThreads)
        services[.read(.bufferedThreads)]?.bytesPerSecond = 1.6e9
        #expect(try short(ServedDisk(services: services)).choice?.plan.method == .bufferedThreads)
    }

    @Test("falls back where a way is refused or fails, and says why")
    func fallsBack() throws {
        var services = Self.services(Service(latencyNanoseconds: 100_000, bytesPerSecond: 1e9))
        for method in ReadMethod.allCases where method.usesRing {
            services[.read(method)]?.refusal = .noRing(.notPermitted)
        }
        services[.read(.directThreads)]?.readFailure = Int(Errno.invalidArgument.rawValue)
        let result = try short(ServedDisk(services: services))
        #expect(result.choice?.plan.method == .bufferedThreads)
        #expect(
            result.refusals.map(\.way) == [
                .read(.directRing), .read(.directThreads), .read(.bufferedRing),
            ])
        #expect(
            result.refusals.map(\.error.code) == [
                .noRing(.notPermitted), .readFailed(.invalidArgument), .noRing(.notPermitted),
            ])
    }

    @Test("chooses nothing where every way fails, and reads nothing over and over")
    func choosesNothing() throws {
        var service = Service(latencyNanoseconds: 100_000, bytesPerSecond: 1e9)
        service.readFailure = Int(Errno.ioError.rawValue)
        let disk = ServedDisk(services: Self.services(service))
        let result = try short(disk)
        #expect(result.choice == nil && result.speeds.isEmpty)
        #expect(result.refusals.count == ReadMethod.allCases.count)
        #expect(disk.readCounts.values.reduce(0, +) <= 4 * ReadMethod.allCases.count)
    }

    @Test("measures nothing through a page cache that keeps the file")
    func noticesMemory() throws {
        let disk = ServedDisk(
            services: Self.services(Service(latencyNanoseconds: 100_000, bytesPerSecond: 1e9)))
        disk.services[.read(.bufferedThreads)]?.bytesPerSecond = 20e9
        disk.canMakeCold = false
        let result = try short(disk)
        #expect(result.choice?.plan.method == .directRing)
        #expect(result.refusals.map(\.error.code) == [.staysInMemory, .staysInMemory])
    }

    @Test(
        "takes about a second and a gigabyte at most, of slow disks as of fast ones",
        arguments: [5e7, 1e9, 1e10])
    func staysShort(bytesPerSecond: Double) throws {
        let disk = ServedDisk(
            services: Self.services(Service(latencyNanoseconds: 200_000, bytesPerSecond: bytesPerSecond)))
        let choice = try #require(try short(disk).choice)
        #expect(disk.byteCount <= (1 << 30) + (32 << 20))
        // The last sample finishes the experts that it began.
        #expect(disk.now <= 1_400_000_000)
        #expect(choice.bytesPerSecond <= bytesPerSecond)
    }

    @Test("measures every setting of the table, in turns")
    func measuresTable() throws {
        let disk = ServedDisk(
            services: Self.services(Service(latencyNanoseconds: 100_000, bytesPerSecond: 4e9)))
        let probe = ReadProbe(disk, generator: SeededGenerator(seed: 3))
        var shown: [Int] = []
        let result = try #require(
            try probe.table(isCancelled: { false }, progress: { done, _ in shown.append(done) }))
        let combinations =
            ReadWay.all.count * ReadProbe.tableBlockBytes.count * ReadProbe.tableDepths.count
        #expect(result.speeds.count == combinations)
        #expect(shown.last == combinations * 5)
        #expect(result.speeds.allSatisfy { $0.sampleCount == 5 })
        // A second round of a way comes only after all others had their first.
        #expect(Set(disk.order.prefix(combinations)).count == ReadWay.all.count)
        let deep = result.speeds.first { $0.setting.depth == 16 && $0.setting.blockBytes == 1 << 20 }
        #expect((3.5e9...4e9).contains(try #require(deep).bytesPerSecond))
        #expect(result.speeds.allSatisfy { $0.expertNanoseconds.p50 <= $0.expertNanoseconds.p99 })
    }

    @Test("stops when it is told to")
    func stops() throws {
        let disk = ServedDisk(
            services: Self.services(Service(latencyNanoseconds: 100_000, bytesPerSecond: 1e9)))
        let probe = ReadProbe(disk, generator: SeededGenerator(seed: 3))
        var asked = 0
        let result = try probe.table(
            isCancelled: {
                asked += 1
                return asked == 3
            }, progress: { _, _ in })
        #expect(result == nil)
        #expect(disk.order.count == 2)
    }

    @Test("refuses files in which there are no random places")
    func refusesSmallFiles() {
        let disk = ServedDisk(services: [:], byteCounts: [1 << 20, 2 << 20])
        #expect {
            try ReadProbe(disk, generator: SeededGenerator(seed: 1)).short()
        } throws: {
            ($0 as? ExpertStorageError)?.code == .tooSmall(found: 2 << 20, needed: 16 << 20)
        }
    }
}
