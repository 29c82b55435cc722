import ExpertStorage
import Kernels
import Residency
import SystemPackage

/// The experts in memory of a model that is larger: a cache decides who lies in which slot, a loader brings
/// the bytes.
///
/// A layer of a step works through a list of experts, by position. A position is asked for, is ready when its
/// bytes are there, and is let go of when they were used; until then its expert stays. Allocates: once. Runs
/// on: engine thread.
final class ExpertSlots {
    /// Decides.
    let cache: any ExpertCaching
    private let loader: ExpertLoader
    private let slab: Slab
    private let extents: ExpertExtents
    private let files: ReadFiles
    /// The way in which the disk is read.
    let method: ReadMethod
    /// Where each slot starts in the slab.
    private let slotOffsets: [Int]
    private let event: CacheEvent
    private var ids: FlatArray<UInt16>
    private var slotOfPosition: FlatArray<Int32>
    private var positionOfSlot: FlatArray<Int32>
    private var states: FlatArray<PositionState>
    private var layer = 0
    private var tick = 0
    /// Positions whose experts may not leave.
    private(set) var heldCount = 0
    /// A read that failed while another was awaited.
    private var failure: ExpertStorageError?
    /// What the step waited for.
    private(set) var stallNanoseconds = 0

    private enum PositionState: UInt8, BitwiseCopyable { case idle, waiting, ready }

    /// - Throws: `unreadableFile`, `noMemory`.
    convenience init(
        _ extents: ExpertExtents, paths: [String], options: StreamingOptions
    ) throws(ExpertStorageError) {
        let opened = try options.reading.open(paths)
        try self.init(extents, opened, options: options)
    }

    /// The same with a device that is open.
    init(
        _ extents: ExpertExtents, _ opened: OpenedDevice, options: StreamingOptions
    ) throws(ExpertStorageError) {
        let shape = options.shape
        let slotBytes = extents.slotBytes(of: shape)
        var offset = 0
        var offsets: [Int] = []
        for bytes in slotBytes {
            offsets.append(offset)
            offset += bytes
        }
        slab = try Slab(byteCount: offset)
        slotOffsets = offsets
        self.extents = extents
        files = opened.files
        method = opened.method
        cache = options.policy.makeCache(shape)
        loader = ExpertLoader(
            catalog: extents.catalog, device: opened.device, slab: slab, slotCount: slotBytes.count,
            blockBytes: options.reading.blockBytes)
        let capacity = shape.numbering.expertCount
        event = CacheEvent(numbering: shape.numbering, capacity: capacity)
        ids = FlatArray(repeating: 0, count: capacity)
        slotOfPosition = FlatArray(repeating: -1, count: capacity)
        states = FlatArray(repeating: .idle, count: capacity)
        positionOfSlot = FlatArray(repeating: -1, count: slotBytes.count)
    }

    /// What the loader read so far.
    var reads: ExpertLoader.Counters { loader.counters }
}

// MARK: - A layer's list

extension ExpertSlots {
    /// Begins the list of `layer` (of those with experts).
    func begin(layer: Int, tick: Int) {
        precondition(heldCount == 0, "\(heldCount) experts of layer \(self.layer) are held")
        self.layer = layer
        self.tick = tick
    }

    /// Puts expert `expert` of the layer at `position`.
    func set(_ position: Int, expert: Int) {
        ids[position] = UInt16(expert)
        states[position] = .idle
    }

    /// The expert at `position`.
    func expert(_ position: Int) -> Int { Int(ids[position]) }

    /// Exchanges two positions that were not asked for.
    func swap(_ first: Int, _ second: Int) { (ids[first], ids[second]) = (ids[second], ids[first]) }

    /// Whether the expert at `position` lies in a slot.
    func isResident(_ position: Int) -> Bool { cache.slot(of: id(position)) != nil }

    /// Slots that the layer may use.
    var capacity: Int { cache.slotsInService(layer: layer) }

    /// Asks for `positions` at once and starts the reads of those that are not in memory.
    ///
    /// - Precondition: with those held already they fit the layer's slots.
    func request(_ positions: Range<Int>) {
        precondition(heldCount + positions.count <= capacity, "\(positions) into \(capacity) slots")
        ids.withSpan(positions) { cache.request(layer: layer, experts: $0, tick: tick, into: event) }
        for position in positions {
            guard let slot = event.slot(position - positions.lowerBound)?.index else {
                preconditionFailure("no slot for expert \(ids[position]) of layer \(layer)")
            }
            cache.lease(id(position))
            heldCount += 1
            slotOfPosition[position] = Int32(slot)
            positionOfSlot[slot] = Int32(position)
            // A hit may be a guess that is still being read.
            states[position] = loader.isLoading(slot: slot) ? .waiting : .ready
        }
        for index in 0..<event.missCount {
            let position = positions.lowerBound + event.miss(index).position
            load(position, into: event.miss(index).slot.index)
        }
        loader.pump()
    }

    /// More rows of the step than one chose the expert at `position`.
    func countUses(_ position: Int, _ count: Int) { cache.countUses(of: id(position), count) }

    private func load(_ position: Int, into slot: Int) {
        // The read of whoever lost the slot ends first.
        if loader.isLoading(slot: slot) {
            loader.cancel(slot: slot)
            positionOfSlot[slot] = -1
            while loader.isLoading(slot: slot) { noteEnded(timeoutMicroseconds: Self.patience) }
            positionOfSlot[slot] = Int32(position)
        }
        states[position] = .waiting
        loader.begin(
            expert: number(position), slot: slot, slabOffset: slotOffsets[slot], urgency: .demand)
    }

    /// Whether the bytes at `position` are there.
    func isReady(_ position: Int) -> Bool { states[position] == .ready }

    /// Takes note of reads that have ended and lets others start; waits for one only where told to.
    ///
    /// - Throws: `readFailed`, `endOfFile` for a read that the list needs.
    func poll(waiting: Bool) throws(ExpertStorageError) {
        let start = waiting ? monotonicNanoseconds() : 0
        if noteEnded(timeoutMicroseconds: waiting ? Self.patience : 0) {
            while noteEnded(timeoutMicroseconds: 0) {}
        }
        if waiting { stallNanoseconds += Int(monotonicNanoseconds() - start) }
        if let failure { throw failure }
    }

    /// The weights at `position`, which is ready, in its slot. Allocates: none.
    func weights(_ position: Int, of layer: LayerExperts) -> ExpertWeights {
        precondition(states[position] == .ready, "position \(position) is not in memory")
        let start = slotOffsets[Int(slotOfPosition[position])]
        let number = number(position)
        return unsafe layer.experts[expert(position)].moved { matrix in
            let offset = extents.slotOffset(matrix: matrix, layer: self.layer, expert: number)
            return unsafe UnsafeRawPointer(slab.address(start + offset))
        }
    }

    /// Lets the expert at `position` leave when it has to.
    func letGo(_ position: Int) {
        precondition(states[position] != .idle, "position \(position) is not held")
        cache.release(id(position))
        positionOfSlot[Int(slotOfPosition[position])] = -1
        states[position] = .idle
        heldCount -= 1
    }

    /// Gives up on the first `count` positions: stops their reads and forgets those whose bytes never came.
    func abandon(count: Int) {
        for position in 0..<count where states[position] == .waiting {
            let slot = Int(slotOfPosition[position])
            if loader.isLoading(slot: slot) { loader.cancel(slot: slot) }
            while loader.isLoading(slot: slot) { noteEnded(timeoutMicroseconds: Self.patience) }
        }
        failure = nil
        for position in 0..<count where states[position] != .idle {
            let isLost = states[position] == .waiting
            letGo(position)
            if isLost { cache.discard(id(position)) }
        }
    }
}

// MARK: - Reads that end

extension ExpertSlots {
    /// Microseconds after which whoever waits looks around.
    private static var patience: Int { 20_000 }

    private func id(_ position: Int) -> ExpertID { ExpertID(layer: layer, index: Int(ids[position])) }

    private func number(_ position: Int) -> Int {
        layer * extents.catalog.expertsPerLayer + Int(ids[position])
    }

    /// Takes note of one read that has ended; false where none did.
    @discardableResult
    private func noteEnded(timeoutMicroseconds: Int) -> Bool {
        guard let (slot, outcome) = loader.nextEnded(timeoutMicroseconds: timeoutMicroseconds) else {
            return false
        }
        let position = Int(positionOfSlot[slot])
        guard position >= 0 else { return true }
        switch outcome {
        case .ready: states[position] = .ready
        case .cancelled: break
        case .failed(let errno, let piece, let offset):
            if failure == nil { failure = error(errno, position, piece: piece, offset: offset) }
        }
        return true
    }

    private func error(_ errno: Errno, _ position: Int, piece: Int, offset: Int) -> ExpertStorageError {
        let found = extents.catalog.piece(piece, of: number(position))
        let code: ExpertStorageError.Code =
            errno.rawValue == 0
            ? .endOfFile(needed: found.byteCount, found: max(offset - found.offset, 0)) : .readFailed(errno)
        return ExpertStorageError(
            code, path: files.paths[found.file], offset: offset, layer: extents.layerNumbers[layer],
            expert: expert(position))
    }
}
