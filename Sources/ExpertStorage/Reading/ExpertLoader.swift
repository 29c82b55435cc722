public import SystemPackage

/// Brings experts from their files into slots: cuts them into blocks, keeps the device busy, puts demand
/// before guesses, and repeats what came short.
///
/// It has no opinion on which expert goes where. Runs on: engine thread. Allocates: once, at creation.
public final class ExpertLoader {
    /// Who waits for a load.
    public enum Urgency: Sendable {
        /// The step does.
        case demand
        /// Nobody yet: it may be cancelled, and demand overtakes it.
        case guess
    }

    /// How a load ended.
    public enum Outcome: Equatable {
        case ready
        case cancelled
        /// The error number (0 where the file ended), and where in which piece.
        case failed(Errno, piece: Int, offset: Int)
    }

    /// What was read so far.
    public struct Counters: Sendable, Equatable {
        /// Bytes that the device delivered, the alignment's included.
        public var bytes = 0
        /// Blocks that it delivered.
        public var blocks = 0
        /// Nanoseconds in which at least one block was under way.
        public var busyNanoseconds = 0
        /// Nanoseconds in which at least one block of a demand was.
        public var demandNanoseconds = 0
        /// Bytes delivered in them.
        public var demandBytes = 0
    }

    /// Bytes of a block: the size of one read.
    public let blockBytes: Int
    /// What was read since the loader was made.
    public private(set) var counters = Counters()
    private let catalog: ExpertCatalog
    private let device: any ReadDevice
    private let slab: Slab
    /// Blocks of guesses that may be under way beside those of demands.
    private let guessDepth: Int
    /// Blocks of guesses that may be under way alone: the next demand has to wait for them.
    private let idleGuessDepth: Int
    private var loads: [SlotLoad]
    private var demand: SlotList
    private var guesses: SlotList
    private var finished: SlotList
    private var blocks: [Block]
    private var freeTags: [Int]
    private var guessBlocks = 0
    private var busySince = 0
    private var demandSince = 0

    /// The load of one slot.
    private struct SlotLoad {
        var expert = 0
        var slabOffset = 0
        var urgency = Urgency.demand
        var isActive = false
        /// What is read next: the piece, and the byte behind its aligned start.
        var piece = 0
        var byte = 0
        var blocksUnderWay = 0
        var bytesDelivered = 0
        var outcome = Outcome.ready
    }

    /// A read under way.
    private struct Block {
        var slot = 0
        var piece = 0
        /// Where it starts in the file, and how many bytes of it belong to the piece or lie in front of it.
        var offset = 0
        var needed = 0
        var byteCount = 0
        var slabOffset = 0
        var isGuess = false
        /// Whether it is read once more, because less than an aligned unit of it came.
        var isRepeated = false
    }

    /// - Parameters:
    ///   - blockBytes: size of a read, a multiple of the alignment.
    ///   - slotCount: slots are numbered below it.
    ///   - guessDepth: blocks of guesses that may be under way beside those of demands; nil for half of what
    ///     the device takes.
    ///   - idleGuessDepth: those that may be under way alone; nil for as many.
    public init(
        catalog: ExpertCatalog, device: any ReadDevice, slab: Slab, slotCount: Int, blockBytes: Int,
        guessDepth: Int? = nil, idleGuessDepth: Int? = nil
    ) {
        precondition(
            blockBytes > 0 && blockBytes % ReadFiles.alignmentBytes == 0, "blocks of \(blockBytes) bytes")
        self.catalog = catalog
        self.device = device
        self.slab = slab
        self.blockBytes = blockBytes
        self.guessDepth = guessDepth ?? max(device.depth / 2, 1)
        self.idleGuessDepth = idleGuessDepth ?? self.guessDepth
        loads = Array(repeating: SlotLoad(), count: slotCount)
        demand = SlotList(slotCount: slotCount)
        guesses = SlotList(slotCount: slotCount)
        finished = SlotList(slotCount: slotCount)
        blocks = Array(repeating: Block(), count: device.depth)
        freeTags = Array((0..<device.depth).reversed())
    }
}

// MARK: - What the engine asks for

extension ExpertLoader {
    /// Starts to load `expert` (numbered through) into `slot`, which begins at byte `slabOffset` of the slab.
    ///
    /// - Precondition: nothing is being loaded into the slot; nobody reads it until the load has ended.
    public func begin(expert: Int, slot: Int, slabOffset: Int, urgency: Urgency) {
        precondition(!loads[slot].isActive, "slot \(slot) is being loaded")
        precondition(slabOffset % ReadFiles.alignmentBytes == 0, "a slot at byte \(slabOffset)")
        loads[slot] = SlotLoad(expert: expert, slabOffset: slabOffset, urgency: urgency, isActive: true)
        if urgency == .demand { demand.append(slot) } else { guesses.append(slot) }
    }

    /// A guess has become a demand.
    public func promote(slot: Int) {
        guard loads[slot].isActive, loads[slot].urgency == .guess else { return }
        loads[slot].urgency = .demand
        guard guesses.contains(slot) else { return }
        guesses.remove(slot)
        demand.append(slot)
    }

    /// Stops a load; blocks under way are awaited, the others are never read. It ends as `cancelled`.
    public func cancel(slot: Int) {
        precondition(loads[slot].isActive, "nothing is being loaded into slot \(slot)")
        stop(slot, outcome: .cancelled)
    }

    /// Whether a load of `slot` has begun and not been reported as ended.
    public func isLoading(slot: Int) -> Bool { loads[slot].isActive }

    /// Bytes of the slot's last load that the device delivered so far.
    public func bytesDelivered(slot: Int) -> Int { loads[slot].bytesDelivered }

    /// Hands waiting blocks to the device as far as it takes them, without waiting.
    public func pump() {
        while let slot = nextSlot() { issueBlock(of: slot) }
        device.flush()
    }

    /// The next load that has ended, waiting at most `timeoutMicroseconds` for it; 0 asks without waiting.
    public func nextEnded(timeoutMicroseconds: Int) -> (slot: Int, outcome: Outcome)? {
        pump()
        while let completion = device.next(timeoutMicroseconds: 0) { complete(completion) }
        pump()
        if finished.first == nil, timeoutMicroseconds > 0,
            let completion = device.next(timeoutMicroseconds: timeoutMicroseconds)
        {
            complete(completion)
            pump()
        }
        guard let slot = finished.first else { return nil }
        finished.remove(slot)
        loads[slot].isActive = false
        return (slot, loads[slot].outcome)
    }
}

// MARK: - Blocks

extension ExpertLoader {
    private var blocksUnderWay: Int { blocks.count - freeTags.count }

    /// The slot whose block is read next, demand first; nil where nothing waits or the device is full.
    private func nextSlot() -> Int? {
        if freeTags.isEmpty { return nil }
        if let slot = demand.first { return slot }
        let depth = guessBlocks == blocksUnderWay ? idleGuessDepth : guessDepth
        return guessBlocks < depth ? guesses.first : nil
    }

    private func issueBlock(of slot: Int) {
        let load = loads[slot]
        let piece = catalog.piece(load.piece, of: load.expert)
        let alignment = ReadFiles.alignmentBytes
        let start = piece.offset / alignment * alignment
        let needed = piece.offset + piece.byteCount - start - load.byte
        let place = catalog.slotOffset(piece: load.piece, of: load.expert) - piece.offset % alignment
        let block = Block(
            slot: slot, piece: load.piece, offset: start + load.byte, needed: min(needed, blockBytes),
            byteCount: min(ExpertCatalog.aligned(needed), blockBytes),
            slabOffset: load.slabOffset + place + load.byte, isGuess: load.urgency == .guess)
        if needed > blockBytes {
            loads[slot].byte += blockBytes
        } else {
            loads[slot].piece += 1
            loads[slot].byte = 0
            if loads[slot].piece == catalog.piecesPerExpert { leaveQueue(slot) }
        }
        loads[slot].blocksUnderWay += 1
        let isIdle = blocksUnderWay == 0
        let isFirstDemand = !block.isGuess && guessBlocks == blocksUnderWay
        if isIdle || isFirstDemand {
            let now = device.nowNanoseconds
            if isIdle { busySince = now }
            if isFirstDemand { demandSince = now }
        }
        guard let tag = freeTags.popLast() else { preconditionFailure("no free block") }
        if block.isGuess { guessBlocks += 1 }
        submit(block, tag: tag)
    }

    private func submit(_ block: Block, tag: Int) {
        blocks[tag] = block
        let file = catalog.piece(block.piece, of: loads[block.slot].expert).file
        unsafe device.submit(
            BlockRead(
                file: file, offset: block.offset, byteCount: block.byteCount,
                destination: slab.address(block.slabOffset), tag: tag))
    }

    private func complete(_ completion: BlockCompletion) {
        let block = blocks[completion.tag]
        if completion.result > 0 {
            counters.bytes += completion.result
            if guessBlocks < blocksUnderWay { counters.demandBytes += completion.result }
            loads[block.slot].bytesDelivered += completion.result
        }
        if completion.result >= block.needed {
            counters.blocks += 1
            return end(completion.tag)
        }
        if loads[block.slot].outcome != .ready {
            noteEarlierEnd(of: block, at: block.offset + completion.result)
            return end(completion.tag)
        }
        if completion.result < 0 {
            let error = Errno(rawValue: CInt(-completion.result))
            if error == .interrupted || error == .resourceTemporarilyUnavailable {
                return submit(block, tag: completion.tag)
            }
            stop(block.slot, outcome: .failed(error, piece: block.piece, offset: block.offset))
            return end(completion.tag)
        }
        // Fewer bytes than needed: the rest is asked for from the last aligned byte on. Where that is none
        // even the second time, the file has ended.
        let progress = completion.result / ReadFiles.alignmentBytes * ReadFiles.alignmentBytes
        guard progress > 0 || completion.result > 0 && !block.isRepeated else {
            let end = block.offset + completion.result
            stop(block.slot, outcome: .failed(Errno(rawValue: 0), piece: block.piece, offset: end))
            return self.end(completion.tag)
        }
        var rest = block
        rest.offset += progress
        rest.slabOffset += progress
        rest.needed -= progress
        rest.byteCount -= progress
        rest.isRepeated = progress == 0
        submit(rest, tag: completion.tag)
    }

    /// Where a file ends inside an expert, several blocks find it out; the first byte that is missing counts.
    private func noteEarlierEnd(of block: Block, at end: Int) {
        guard case .failed(let error, let piece, let known) = loads[block.slot].outcome,
            error.rawValue == 0, piece == block.piece, end >= block.offset, end < known
        else { return }
        loads[block.slot].outcome = .failed(error, piece: piece, offset: end)
    }

    /// A block is no longer under way.
    private func end(_ tag: Int) {
        let block = blocks[tag]
        freeTags.append(tag)
        if block.isGuess { guessBlocks -= 1 }
        let isLastDemand = !block.isGuess && guessBlocks == blocksUnderWay
        if isLastDemand || blocksUnderWay == 0 {
            let now = device.nowNanoseconds
            if blocksUnderWay == 0 { counters.busyNanoseconds += now - busySince }
            if isLastDemand { counters.demandNanoseconds += now - demandSince }
        }
        loads[block.slot].blocksUnderWay -= 1
        finishIfDone(block.slot)
    }

    /// No more blocks of the slot's load are read; the first reason counts.
    private func stop(_ slot: Int, outcome: Outcome) {
        if loads[slot].outcome == .ready { loads[slot].outcome = outcome }
        leaveQueue(slot)
        finishIfDone(slot)
    }

    private func leaveQueue(_ slot: Int) {
        if demand.contains(slot) { demand.remove(slot) }
        if guesses.contains(slot) { guesses.remove(slot) }
    }

    private func finishIfDone(_ slot: Int) {
        let isQueued = demand.contains(slot) || guesses.contains(slot)
        if !isQueued, loads[slot].blocksUnderWay == 0, loads[slot].isActive, !finished.contains(slot) {
            finished.append(slot)
        }
    }
}
