import ExpertStorage
import SystemPackage
import TestSupport
import Testing

@Suite("Measuring bursts of reads")
struct BurstProbeTests {
    /// Layers of 16 experts of three pieces each, 1.5 MB together.
    private static let catalog = ExpertCatalog(
        layers: (0..<4).map { layer in
            (0..<16).map { expert in
                (0..<3).map { piece in
                    ExpertPiece(
                        file: 0, offset: ((layer * 16 + expert) * 3 + piece) << 19, byteCount: 1 << 19)
                }
            }
        })

    private static func probe(_ service: ServedDisk.Service, depth: Int) throws -> BurstProbe.Result? {
        let disk = ServedDisk(services: [.read(.directRing): service])
        let device = try disk.device(.read(.directRing), depth: depth)
        var generator = SeededGenerator(seed: 5)
        return try BurstProbe(catalog: catalog, device: device, blockBytes: 256 << 10)
            .run(generator: &generator, isCancelled: { false })
    }

    @Test("finds latency and speed of a disk that has both")
    func findsBoth() throws {
        let found = try #require(
            try Self.probe(.init(latencyNanoseconds: 400_000, bytesPerSecond: 2e9), depth: 64))
        // Whole nanoseconds per block.
        #expect(abs(found.latencySeconds - 400e-6) < 1e-6)
        #expect(abs(found.bytesPerSecond / 2e9 - 1) < 1e-3)
        #expect(found.spread < 1e-3)
        #expect(found.sampleCount == 80)
    }

    @Test("tells how far times lie apart")
    func spread() throws {
        // Blocks take up to twice as long; of a burst of many, the mean is what counts.
        let found = try #require(
            try Self.probe(.init(latencyNanoseconds: 0, bytesPerSecond: 2e9, noise: 1), depth: 32))
        #expect((0.02...0.25).contains(found.spread))
        #expect((1.25e9...1.42e9).contains(found.bytesPerSecond))
    }

    @Test("without enough reads under way, a burst goes slower than the disk could")
    func shallow() throws {
        let found = try #require(
            try Self.probe(.init(latencyNanoseconds: 400_000, bytesPerSecond: 2e9), depth: 1))
        // A block each 0.4 + 0.131 ms.
        #expect(abs(found.bytesPerSecond / (262_144 / 531.072e-6) - 1) < 1e-3)
        #expect(found.latencySeconds < 1e-6)
    }

    @Test("a failed read ends it, and so does whoever asks")
    func ends() throws {
        #expect(throws: ExpertStorageError.self) {
            try Self.probe(
                .init(latencyNanoseconds: 0, bytesPerSecond: 1e9, readFailure: Int(Errno.ioError.rawValue)),
                depth: 4)
        }
        let disk = ServedDisk(
            services: [.read(.directRing): .init(latencyNanoseconds: 0, bytesPerSecond: 1e9)])
        let device = try disk.device(.read(.directRing), depth: 4)
        var generator = SeededGenerator(seed: 5)
        let found = try BurstProbe(catalog: Self.catalog, device: device, blockBytes: 4096)
            .run(generator: &generator, isCancelled: { true })
        #expect(found == nil)
    }
}
