/// A machine in the numbers that decide how fast a model runs on it whose experts do not fit.
///
/// Measured by `sluice doctor --machine`, or written down for a machine that one does not have.
public struct MachineModel: Sendable, Equatable {
    /// How experts come from the disk.
    public var disk: Disk
    /// What all threads together read of memory.
    public var memoryBytesPerSecond: Double
    /// Time of a layer that goes with no bytes: waking threads, norms, the router's choice.
    public var layerOverheadSeconds: Double
    /// Processor time that reading a byte takes, on top of waiting for it: the system's work for reads, and
    /// threads that fell asleep meanwhile.
    public var readOverheadSecondsPerByte: Double
    /// What a byte read adds to a step at least, however well its reading is hidden: the disk may live on the
    /// processors that compute, as that of a virtual machine does, or one that is encrypted.
    public var hiddenReadSecondsPerByte: Double
    /// Time of a step that goes with no bytes: sampling, the text.
    public var stepOverheadSeconds: Double
    /// How far the measurements behind these numbers lay apart.
    public var spread: Spread

    public init(
        disk: Disk, memoryBytesPerSecond: Double, layerOverheadSeconds: Double = 0,
        readOverheadSecondsPerByte: Double = 0, hiddenReadSecondsPerByte: Double = 0,
        stepOverheadSeconds: Double = 0, spread: Spread = Spread()
    ) {
        precondition(
            memoryBytesPerSecond > 0 && layerOverheadSeconds >= 0 && readOverheadSecondsPerByte >= 0
                && hiddenReadSecondsPerByte >= 0 && stepOverheadSeconds >= 0,
            "\(memoryBytesPerSecond) bytes/s, overhead \(layerOverheadSeconds), "
                + "\(readOverheadSecondsPerByte), \(hiddenReadSecondsPerByte) and \(stepOverheadSeconds) s")
        self.disk = disk
        self.memoryBytesPerSecond = memoryBytesPerSecond
        self.layerOverheadSeconds = layerOverheadSeconds
        self.readOverheadSecondsPerByte = readOverheadSecondsPerByte
        self.hiddenReadSecondsPerByte = hiddenReadSecondsPerByte
        self.stepOverheadSeconds = stepOverheadSeconds
        self.spread = spread
    }

    /// A disk as it answers a burst of reads: the first byte after a latency, the others one after another.
    public struct Disk: Sendable, Equatable {
        /// From handing a read over to its first byte, while the disk has nothing else to do.
        public var latencySeconds: Double
        /// What it delivers while enough reads are under way.
        public var bytesPerSecond: Double
        /// Bytes of one read.
        public var blockBytes: Int
        /// Reads that may be under way at once.
        public var depth: Int
        /// Share of the time in which nobody waits for the disk that reading ahead makes use of, 0 to 1.
        public var readAheadShare: Double

        public init(
            latencySeconds: Double, bytesPerSecond: Double, blockBytes: Int, depth: Int,
            readAheadShare: Double = 1
        ) {
            precondition(
                latencySeconds >= 0 && bytesPerSecond > 0 && blockBytes > 0 && depth > 0,
                "\(latencySeconds) s, \(bytesPerSecond) bytes/s, \(depth) reads of \(blockBytes) bytes")
            precondition((0...1).contains(readAheadShare), "a share of \(readAheadShare)")
            self.latencySeconds = latencySeconds
            self.bytesPerSecond = bytesPerSecond
            self.blockBytes = blockBytes
            self.depth = depth
            self.readAheadShare = readAheadShare
        }

        /// Bytes per second of a long burst: with few small reads under way, the latency of each shows.
        ///
        /// Example: 1 ms, 2 GB/s, two reads of 500 kB: a pair each 1.25 ms, which is 0.8 GB/s.
        public var burstBytesPerSecond: Double {
            let block = Double(blockBytes)
            return min(bytesPerSecond, Double(depth) * block / (latencySeconds + block / bytesPerSecond))
        }
    }

    /// Half of the range in which the middle eight tenths of the samples of a calibration lay, as a share of
    /// their median.
    public struct Spread: Sendable, Equatable {
        /// Of the time that computing took.
        public var compute: Double
        /// Of the time that reads took.
        public var disk: Double

        public init(compute: Double = 0, disk: Double = 0) {
            precondition(compute >= 0 && disk >= 0, "spreads of \(compute) and \(disk)")
            self.compute = compute
            self.disk = disk
        }
    }
}
