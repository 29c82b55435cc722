import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What one timed run of reads took.
struct ReadSample {
    var byteCount = 0
    var nanoseconds = 0
    /// Of the whole process, what the system did for it included.
    var processorNanoseconds = 0
    /// From handing over to arrival, of every block.
    var blockNanoseconds: [Int] = []
    /// From handing over the first block to the arrival of the last, of every expert.
    var expertNanoseconds: [Int] = []
}

/// Reads experts, cut into blocks with as many under way as the device takes, and times them.
struct TimedReads {
    private let device: any ReadDevice
    private let blockBytes: Int
    private let slab: Slab
    private let experts: [ExpertPiece]
    private var sample = ReadSample()
    private var blocks: [Block]
    private var freeTags: [Int]
    private var failure: ExpertStorageError?
    /// When the first block of an expert was handed over, and how many of its blocks have not arrived.
    private var starts: [Int]
    private var blocksLeft: [Int]
    /// What is read next.
    private var expert = 0
    private var byte = 0

    /// A read under way.
    private struct Block {
        var expert = 0
        var offset = 0
        var byteCount = 0
        var start = 0
    }

    /// How often a probe that waits for a slow read looks around.
    private static let waitMicroseconds = 1_000_000

    /// - Parameters:
    ///   - slab: memory for as many blocks as the device takes.
    ///   - experts: consecutive bytes each; aligned, for direct reads.
    init(device: any ReadDevice, blockBytes: Int, slab: Slab, experts: [ExpertPiece]) {
        precondition(
            slab.byteCount >= device.depth * blockBytes, "\(slab.byteCount) bytes for \(device.depth) blocks")
        self.device = device
        self.blockBytes = blockBytes
        self.slab = slab
        self.experts = experts
        blocks = Array(repeating: Block(), count: device.depth)
        freeTags = Array((0..<device.depth).reversed())
        starts = Array(repeating: 0, count: experts.count)
        blocksLeft = experts.map { ($0.byteCount + blockBytes - 1) / blockBytes }
    }

    /// Reads until the experts or the time are used up; an expert that was begun is read to its end.
    ///
    /// - Throws: the first error of a read. Nothing is under way then.
    mutating func run(nanoseconds limit: Int) throws(ExpertStorageError) -> ReadSample {
        let processor = Self.processorNanoseconds()
        let begin = device.nowNanoseconds
        issueBlocks(until: begin + limit)
        while freeTags.count < blocks.count {
            guard let done = device.next(timeoutMicroseconds: Self.waitMicroseconds) else { continue }
            complete(done)
            issueBlocks(until: begin + limit)
        }
        if let failure { throw failure }
        sample.nanoseconds = device.nowNanoseconds - begin
        sample.processorNanoseconds = Self.processorNanoseconds() - processor
        return sample
    }

    private mutating func issueBlocks(until end: Int) {
        while failure == nil, expert < experts.count, !freeTags.isEmpty {
            let now = device.nowNanoseconds
            if byte == 0, expert > 0, now >= end {
                expert = experts.count
                break
            }
            if byte == 0 { starts[expert] = now }
            let whole = experts[expert]
            let count = min(blockBytes, whole.byteCount - byte)
            let block = Block(expert: expert, offset: whole.offset + byte, byteCount: count, start: now)
            submit(block, tag: freeTags.removeLast())
            byte += count
            if byte == whole.byteCount { (expert, byte) = (expert + 1, 0) }
        }
        device.flush()
    }

    private mutating func submit(_ block: Block, tag: Int) {
        blocks[tag] = block
        unsafe device.submit(
            BlockRead(
                file: experts[block.expert].file, offset: block.offset, byteCount: block.byteCount,
                destination: slab.address(tag * blockBytes), tag: tag))
    }

    private mutating func complete(_ done: BlockCompletion) {
        var block = blocks[done.tag]
        sample.byteCount += max(done.result, 0)
        if done.result >= block.byteCount {
            let now = device.nowNanoseconds
            sample.blockNanoseconds.append(now - block.start)
            blocksLeft[block.expert] -= 1
            if blocksLeft[block.expert] == 0 { sample.expertNanoseconds.append(now - starts[block.expert]) }
            return freeTags.append(done.tag)
        }
        // What came short or was interrupted is read on from the last aligned byte, unless all is lost.
        let isPassing = done.result == -Int(EINTR) || done.result == -Int(EAGAIN)
        let progress = max(done.result, 0) / ReadFiles.alignmentBytes * ReadFiles.alignmentBytes
        if failure == nil, isPassing || progress > 0 {
            block.offset += progress
            block.byteCount -= progress
            return submit(block, tag: done.tag)
        }
        failure = failure ?? Self.failure(done.result, block)
        freeTags.append(done.tag)
    }

    private static func failure(_ result: Int, _ block: Block) -> ExpertStorageError {
        let code: ExpertStorageError.Code =
            result < 0
            ? .readFailed(Errno(rawValue: CInt(-result)))
            : .endOfFile(needed: block.byteCount, found: result)
        return ExpertStorageError(code, offset: block.offset)
    }

    private static func processorNanoseconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }
}
