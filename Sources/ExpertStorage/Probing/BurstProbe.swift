/// Measures how long experts that are asked for together take to arrive, by reading a model's own.
///
/// The speed of a long row of reads is not enough to tell: a layer misses a few experts at a time, and the
/// disk begins anew for each layer.
public struct BurstProbe {
    /// A latency, and a speed behind it.
    public struct Result: Sendable, Equatable {
        /// From asking to the first byte.
        public let latencySeconds: Double
        /// From then on.
        public let bytesPerSecond: Double
        /// Half the range of the middle eight tenths of the samples, as a share of what the other two figures
        /// say of each.
        public let spread: Double
        /// Bursts that were timed.
        public let sampleCount: Int
    }

    /// One burst.
    struct Sample {
        let byteCount: Double
        let seconds: Double
    }

    private static let expertCounts = [1, 2, 4, 8]
    private static let rounds = 20
    /// Whatever the disk, no burst starts later.
    private static let mostNanoseconds = 6_000_000_000
    private static let waitMicroseconds = 1_000_000

    private let catalog: ExpertCatalog
    private let device: any ReadDevice
    private let blockBytes: Int

    /// - Parameter device: reads the catalog's files.
    public init(catalog: ExpertCatalog, device: any ReadDevice, blockBytes: Int) {
        self.catalog = catalog
        self.device = device
        self.blockBytes = blockBytes
    }

    /// Reads experts of random layers, some at a time, each burst twice: what a host or a drive keeps of it,
    /// a run finds too, because it comes back to most experts.
    ///
    /// - Returns: nil where it was cancelled.
    /// - Throws: `noMemory`, and what a read meets.
    public func run(
        generator: inout some RandomNumberGenerator, isCancelled: () -> Bool
    ) throws(ExpertStorageError) -> Result? {
        let counts = Self.expertCounts.filter { $0 <= catalog.expertsPerLayer }
        let slotBytes = catalog.slotBytes.max() ?? 0
        let slab = try Slab(byteCount: (counts.last ?? 1) * slotBytes)
        slab.touch()
        let loader = ExpertLoader(
            catalog: catalog, device: device, slab: slab, slotCount: counts.last ?? 1,
            blockBytes: blockBytes)
        var samples: [Sample] = []
        let begin = device.nowNanoseconds
        for round in 0..<Self.rounds {
            for count in counts where round == 0 || device.nowNanoseconds - begin < Self.mostNanoseconds {
                if isCancelled() { return nil }
                let layer = Int.random(in: 0..<catalog.layerCount, using: &generator)
                let experts = (0..<catalog.expertsPerLayer).shuffled(using: &generator).prefix(count)
                let numbers = experts.map { catalog.number(layer: layer, expert: $0) }
                _ = try read(numbers, loader, slotBytes: slotBytes)
                samples.append(try read(numbers, loader, slotBytes: slotBytes))
            }
        }
        return Self.fit(samples)
    }

    private func read(
        _ experts: [Int], _ loader: ExpertLoader, slotBytes: Int
    ) throws(ExpertStorageError) -> Sample {
        let begin = device.nowNanoseconds
        for (slot, expert) in experts.enumerated() {
            loader.begin(expert: expert, slot: slot, slabOffset: slot * slotBytes, urgency: .demand)
        }
        var left = experts.count
        var failure: ExpertStorageError?
        while left > 0 {
            guard let (_, outcome) = loader.nextEnded(timeoutMicroseconds: Self.waitMicroseconds) else {
                continue
            }
            left -= 1
            if case .failed(let errno, _, let offset) = outcome, failure == nil {
                failure = ExpertStorageError(.readFailed(errno), offset: offset)
            }
        }
        if let failure { throw failure }
        let bytes = experts.reduce(0) { $0 + catalog.byteCount(of: $1) }
        return Sample(
            byteCount: Double(bytes), seconds: Double(max(device.nowNanoseconds - begin, 1)) / 1e9)
    }

    /// The line through the medians of bursts of one size, by least squares.
    static func fit(_ samples: [Sample]) -> Result? {
        // Layers of mixed formats differ by less than a count of experts does.
        guard let smallest = samples.map(\.byteCount).min() else { return nil }
        let sizes = Dictionary(grouping: samples) { ($0.byteCount / smallest).rounded() }
        let points = sizes.values.map { group in
            Sample(
                byteCount: median(group.map(\.byteCount)), seconds: median(group.map(\.seconds)))
        }
        let count = Double(points.count)
        let meanBytes = points.reduce(0) { $0 + $1.byteCount } / count
        let meanSeconds = points.reduce(0) { $0 + $1.seconds } / count
        let square = points.reduce(0) { $0 + ($1.byteCount - meanBytes) * ($1.byteCount - meanBytes) }
        let product = points.reduce(0) { $0 + ($1.byteCount - meanBytes) * ($1.seconds - meanSeconds) }
        // A single size, or noise that beats everything: all of it counts as speed.
        let slope = square > 0 && product > 0 ? product / square : meanSeconds / meanBytes
        let latency = max(meanSeconds - slope * meanBytes, 0)
        let errors = samples.map { $0.seconds / (latency + slope * $0.byteCount) }.sorted()
        let spread = (errors[(errors.count - 1) * 9 / 10] - errors[errors.count / 10]) / 2
        return Result(
            latencySeconds: latency, bytesPerSecond: 1 / slope, spread: spread, sampleCount: samples.count)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
