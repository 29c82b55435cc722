public import ExpertStorage
public import SystemPackage

/// A disk on virtual time: reads complete in an order that a seed decides, and fail where a test says so.
public final class FakeDisk: ReadDevice {
    /// What happens to a read; reads are counted from 0 as they are submitted.
    public enum Fault: Equatable, Sendable {
        /// It fails with this error.
        case error(Errno)
        /// It gives at most so many bytes.
        case short(Int)
        /// It takes so many microseconds longer.
        case slow(Int)
        /// One bit of what it gives is wrong.
        case bitFlip
    }

    public let depth: Int
    public private(set) var nowNanoseconds = 0
    /// Reads that were submitted, in order.
    public private(set) var reads: [BlockRead] = []
    /// What happens to which read.
    public var faults: [Int: Fault] = [:]
    /// What happens to all reads from a number on, a device that is gone for example.
    public var lastingFault: (from: Int, fault: Fault)?
    /// Bytes of the files; a shorter file than the catalog says is a truncated one.
    public var files: [[UInt8]]
    private var generator: SeededGenerator
    private var underWay: [(index: Int, due: Int)] = []

    public init(files: [[UInt8]], depth: Int, seed: UInt64) {
        self.files = files
        self.depth = depth
        generator = SeededGenerator(seed: seed)
    }

    public var readsUnderWay: Int { underWay.count }

    public func submit(_ read: BlockRead) {
        precondition(underWay.count < depth, "more than \(depth) reads under way")
        precondition(
            !underWay.contains { reads[$0.index].tag == read.tag }, "two reads under way have tag \(read.tag)"
        )
        var latency = Int.random(in: 50_000...2_000_000, using: &generator)
        if case .slow(let microseconds) = fault(of: reads.count) { latency += microseconds * 1000 }
        underWay.append((reads.count, nowNanoseconds + latency))
        reads.append(read)
    }

    public func flush() {}

    public func next(timeoutMicroseconds: Int) -> BlockCompletion? {
        let deadline = nowNanoseconds + timeoutMicroseconds * 1000
        guard let first = underWay.indices.min(by: { underWay[$0].due < underWay[$1].due }),
            underWay[first].due <= deadline
        else {
            nowNanoseconds = deadline
            return nil
        }
        let (index, due) = underWay.remove(at: first)
        nowNanoseconds = max(nowNanoseconds, due)
        return BlockCompletion(tag: reads[index].tag, result: deliver(reads[index], fault: fault(of: index)))
    }

    private func fault(of index: Int) -> Fault? {
        if let lastingFault, index >= lastingFault.from { return lastingFault.fault }
        return faults[index]
    }

    private func deliver(_ read: BlockRead, fault: Fault?) -> Int {
        if case .error(let error) = fault { return -Int(error.rawValue) }
        let end = min(read.offset + read.byteCount, files[read.file].count)
        if end <= read.offset { return 0 }
        var count = end - read.offset
        if case .short(let most) = fault { count = min(count, most) }
        let place = unsafe UnsafeMutableRawBufferPointer(start: read.destination, count: count)
        unsafe place.copyBytes(from: files[read.file][read.offset..<read.offset + count])
        if case .bitFlip = fault, count > 0 {
            let index = Int.random(in: 0..<count, using: &generator)
            let byte = unsafe read.destination.load(fromByteOffset: index, as: UInt8.self)
            unsafe read.destination.storeBytes(of: byte ^ 4, toByteOffset: index, as: UInt8.self)
        }
        return count
    }
}
