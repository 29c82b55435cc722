public import ExpertStorage
import SystemPackage

/// A disk on virtual time that serves reads as real ones do: each waits a latency, then its bytes pass a bus
/// that all share. Its memory of bytes is empty; it is for measuring only.
public final class ServedDisk: ProbedDisk {
    /// How reads of one way are served.
    public struct Service: Sendable {
        public var latencyNanoseconds: Int
        public var bytesPerSecond: Double
        /// A read takes up to this share longer, by chance.
        public var noise: Double
        /// What its device is refused with, and what its reads fail with.
        public var refusal: ExpertStorageError.Code?
        public var readFailure: Int

        public init(
            latencyNanoseconds: Int, bytesPerSecond: Double, noise: Double = 0,
            refusal: ExpertStorageError.Code? = nil, readFailure: Int = 0
        ) {
            self.latencyNanoseconds = latencyNanoseconds
            self.bytesPerSecond = bytesPerSecond
            self.noise = noise
            self.refusal = refusal
            self.readFailure = readFailure
        }
    }

    public let byteCounts: [Int]
    /// What each way does.
    public var services: [ReadWay: Service]
    /// Whether the page cache gives anything up.
    public var canMakeCold = true
    /// Reads that were submitted, by way.
    public private(set) var readCounts: [ReadWay: Int] = [:]
    /// The time, in nanoseconds, and what was read.
    public fileprivate(set) var now = 0
    public fileprivate(set) var byteCount = 0
    /// The ways in the order of their samples.
    public private(set) var order: [ReadWay] = []
    fileprivate var generator: SeededGenerator

    public init(services: [ReadWay: Service], byteCounts: [Int] = [3 << 30], seed: UInt64 = 1) {
        self.services = services
        self.byteCounts = byteCounts
        generator = SeededGenerator(seed: seed)
    }

    public func device(_ way: ReadWay, depth: Int) throws(ExpertStorageError) -> any ReadDevice {
        guard let service = services[way] else { throw ExpertStorageError(.noRing(.notSupported)) }
        if let refusal = service.refusal { throw ExpertStorageError(refusal) }
        order.append(way)
        return Device(disk: self, way: way, service: service, depth: depth)
    }

    public func makeCold(_ pieces: [ExpertPiece]) -> [ExpertPiece] { canMakeCold ? pieces : [] }

    fileprivate func count(_ way: ReadWay, _ read: BlockRead) {
        precondition(read.offset >= 0 && read.offset + read.byteCount <= byteCounts[read.file])
        precondition(read.offset % 4096 == 0 && read.byteCount % 4096 == 0)
        readCounts[way, default: 0] += 1
        byteCount += read.byteCount
    }

    private final class Device: ReadDevice {
        let depth: Int
        private let disk: ServedDisk
        private let way: ReadWay
        private let service: Service
        private var underWay: [(read: BlockRead, due: Int)] = []
        private var busFree = 0

        init(disk: ServedDisk, way: ReadWay, service: Service, depth: Int) {
            self.disk = disk
            self.way = way
            self.service = service
            self.depth = depth
        }

        var nowNanoseconds: Int { disk.now }

        func submit(_ read: BlockRead) {
            precondition(underWay.count < depth, "more than \(depth) reads under way")
            disk.count(way, read)
            let noise = 1 + Double.random(in: 0...1, using: &disk.generator) * service.noise
            let transfer = Int(Double(read.byteCount) / service.bytesPerSecond * 1e9 * noise)
            busFree = max(busFree, disk.now + service.latencyNanoseconds) + transfer
            underWay.append((read, busFree))
        }

        func flush() {}

        func next(timeoutMicroseconds: Int) -> BlockCompletion? {
            guard let first = underWay.first else { return nil }
            underWay.removeFirst()
            disk.now = max(disk.now, first.due)
            return BlockCompletion(
                tag: first.read.tag,
                result: service.readFailure != 0 ? -service.readFailure : first.read.byteCount)
        }
    }
}
