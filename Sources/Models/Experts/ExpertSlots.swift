import ExpertStorage
import Kernels
package import Residency
import SystemPackage

/// The experts in memory of a model that is larger: a cache decides who lies in which slot, a loader brings
/// the bytes.
///
/// A layer of a step works through a list of experts, by position. A position is asked for, is ready when its
/// bytes are there, and is let go of when they were used; until then its expert stays. Allocates: once. Runs
/// on: engine thread.
package final class ExpertSlots {
    private var requests: StepRequests
    private let loader: ExpertLoader
    let slab: Slab
    private let extents: ExpertExtents
    private let files: ReadFiles
    /// The way in which the disk is read.
    let method: ReadMethod
    /// Where each area starts in the slab. A slot is an area, and so is the place of a guess.
    let areaOffsets: [Int]
    /// Bytes of a slot of each layer.
    let slotBytes: [Int]
    private let guesses: StagedGuesses
    private let joins: RecordJoins
    private(set) var areaOfSlot: FlatArray<Int32>
    /// Slots whose memory others have.
    var givenBack: [GivenBackSlot] = []
    private var areaOfPosition: FlatArray<Int32>
    private var positionOfArea: FlatArray<Int32>
    private var states: FlatArray<PositionState>
    private var residencies: FlatArray<ChoiceResidency>
    /// The generation of the slot that a position's bytes are on their way to.
    private var generations: FlatArray<UInt32>
    private var layer = 0
    /// What records of a store are to sum up to; empty where there are no records.
    private let records: RecordChecks
    /// A read that failed while another was awaited.
    private var failure: ExpertStorageError?
    /// What the step waited for.
    private(set) var stallNanoseconds = 0

    private enum PositionState: UInt8, BitwiseCopyable { case idle, waiting, ready }

    /// - Throws: `noMemory`.
    init(
        _ extents: ExpertExtents, _ opened: OpenedDevice, options: StreamingOptions
    ) throws(ExpertStorageError) {
        let shape = options.shape
        let slotCount = shape.slotCount
        let areaBytes = extents.areaBytes(of: shape, guesses: options.guessAreas)
        let spareStart = areaBytes.count - extents.spareBytes(shape).count
        var offset = 0
        var offsets: [Int] = []
        for bytes in areaBytes {
            offsets.append(offset)
            offset += bytes
        }
        slab = try Slab(byteCount: offset)
        areaOffsets = offsets
        slotBytes = extents.slotBytesOfLayers(shape)
        self.extents = extents
        files = opened.files
        method = opened.method
        requests = StepRequests(cache: options.policy.makeCache(shape))
        loader = ExpertLoader(
            catalog: extents.catalog, device: opened.device, slab: slab, slotCount: areaBytes.count,
            blockBytes: options.reading.blockBytes,
            guessDepth: max(ReadAheadRule.bytesBehindDemand / options.reading.blockBytes, 1),
            idleGuessDepth: max(ReadAheadRule.bytesAlone / options.reading.blockBytes, 1))
        guesses = StagedGuesses(
            areas: (slotCount..<spareStart).map { ($0, areaBytes[$0]) }, areaOffsets: offsets,
            loader: loader, catalog: extents.catalog)
        let capacity = shape.numbering.expertCount
        records = RecordChecks(extents)
        joins = RecordJoins(extents, areaBytes: areaBytes, firstSpare: spareStart)
        areaOfPosition = FlatArray(repeating: -1, count: capacity)
        states = FlatArray(repeating: .idle, count: capacity)
        residencies = FlatArray(repeating: .unknown, count: capacity)
        generations = FlatArray(repeating: 0, count: capacity)
        areaOfSlot = FlatArray(repeating: 0, count: slotCount)
        for slot in 0..<slotCount { areaOfSlot[slot] = Int32(slot) }
        positionOfArea = FlatArray(repeating: -1, count: areaBytes.count)
    }

    // The device writes into the slab until its reads have ended.
    deinit {
        for area in areaOffsets.indices where loader.isLoading(slot: area) { loader.cancel(slot: area) }
        for area in areaOffsets.indices { awaitEnd(area: area) }
    }

    /// What the loader read so far.
    var reads: ExpertLoader.Counters { loader.counters }

    /// What became of guesses so far.
    var guessed: StagedGuesses.Counters { guesses.counters }
}

// MARK: - A layer's list

extension ExpertSlots {
    /// Decides.
    package var cache: any ExpertCaching { requests.cache }

    /// Positions whose experts may not leave.
    package var heldCount: Int { requests.heldCount }

    /// A step of `rows` tokens begins; `startsText` where one of them is the first of a text.
    func beginStep(rows: Int, startsText: Bool) { requests.beginStep(rows: rows, startsText: startsText) }

    /// Begins the list of `layer` (of those with experts): what the rows chose.
    ///
    /// - Returns: how many experts that are.
    func begin(layer: Int, _ routing: Routing) -> Int {
        self.layer = layer
        requests.beginLayer(layer, rows: routing.rows, expertsPerToken: routing.expertsPerToken) {
            routing.expert(row: $0, rank: $1)
        }
        return requests.count
    }

    /// Whether all of the list fit the layer's slots.
    var isTogether: Bool { requests.isTogether }

    /// Whether nothing of the list is left to ask for.
    var isAllAsked: Bool { requests.isAllAsked }

    /// The expert at `position`.
    func expert(_ position: Int) -> Int { requests.expert(position) }

    /// Rows that chose the expert at `position`.
    func rowCount(_ position: Int) -> Int { requests.rowCount(position) }

    /// Asks for what comes next of the list and starts the reads of what is not in memory.
    ///
    /// - Returns: false where nothing is left to ask for, or something has to be let go first.
    @discardableResult
    func request() -> Bool {
        guard let positions = requests.ask() else { return false }
        // A read that was called off may still be writing where an expert shall lie now.
        for index in 0..<requests.answer.missCount {
            awaitEnd(area: Int(areaOfSlot[requests.answer.miss(index).slot.index]))
        }
        for index in 0..<requests.answer.missCount {
            let position = positions.lowerBound + requests.answer.miss(index).position
            states[position] = .waiting
            fetch(position, into: requests.answer.miss(index).slot.index)
        }
        for position in positions {
            guard let slot = requests.answer.slot(position - positions.lowerBound)?.index else {
                preconditionFailure("no slot for \(requests.id(position))")
            }
            requests.hold(position)
            let area = Int(areaOfSlot[slot])
            areaOfPosition[position] = Int32(area)
            positionOfArea[area] = Int32(position)
            if states[position] == .idle {
                states[position] = .ready
                residencies[position] = .hit
            } else if !loader.isLoading(slot: area) {
                // It was read ahead.
                accept(position)
            }
        }
        loader.pump()
        return true
    }

    /// Brings the bytes of a miss into its slot: those that were read ahead, or a new read.
    private func fetch(_ position: Int, into slot: Int) {
        let expert = number(position)
        generations[position] = cache.generation(of: SlotIndex(slot))
        if let guess = guesses.claim(expert, for: Int(areaOfSlot[slot])) {
            areaOfSlot[slot] = Int32(guess.area)
            residencies[position] = .foreseen
            return
        }
        let area = Int(areaOfSlot[slot])
        residencies[position] = .miss
        loader.begin(expert: expert, slot: area, slabOffset: areaOffsets[area], urgency: .demand)
    }

    /// Where the expert at `position` was when it was asked for.
    func residency(_ position: Int) -> ChoiceResidency { residencies[position] }

    /// All experts of the layer are known; guesses at others of it are called off.
    func endGuesses() { guesses.expire(layer: layer) }

    /// Reads an expert of a later layer ahead, if it is in no slot.
    ///
    /// - Returns: whether it will be in memory; false where there was no room for a guess.
    func guess(layer: Int, expert: Int) -> Bool {
        if cache.slot(of: ExpertID(layer: layer, index: expert)) != nil { return true }
        let number = extents.catalog.number(layer: layer, expert: expert)
        return guesses.contains(number) || guesses.begin(number, byteCount: slotBytes[layer])
    }

    /// Whether the bytes of an expert of a later layer are in memory, asked for or guessed.
    func isPresent(layer: Int, expert: Int) -> Bool {
        cache.slot(of: ExpertID(layer: layer, index: expert)) != nil
            || guesses.isReady(extents.catalog.number(layer: layer, expert: expert))
    }

    /// Lets reads start that wait for room, and takes note of those that have ended.
    func pump() { while noteEnded(timeoutMicroseconds: 0) {} }

    /// Whether the bytes at `position` are there.
    func isReady(_ position: Int) -> Bool { states[position] == .ready }

    /// Checks that nobody has written to the files since they were opened: what was read could be of both.
    ///
    /// - Throws: `fileChanged`.
    func checkFiles() throws(ExpertStorageError) {
        if let file = files.changedFile() {
            throw ExpertStorageError(.fileChanged, path: files.paths[file])
        }
    }

    /// Whether an expert of the list is being read.
    var isWaiting: Bool {
        for position in 0..<states.count where states[position] == .waiting { return true }
        return false
    }

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
        let start = areaOffsets[Int(areaOfPosition[position])]
        let number = number(position)
        return unsafe layer.experts[expert(position)].moved { matrix in
            let offset = extents.slotOffset(matrix: matrix, layer: self.layer, expert: number)
            return unsafe UnsafeRawPointer(slab.address(start + offset))
        }
    }

    /// Lets the expert at `position` leave when it has to.
    func letGo(_ position: Int) {
        precondition(states[position] != .idle, "position \(position) is not held")
        requests.letGo(position)
        positionOfArea[Int(areaOfPosition[position])] = -1
        states[position] = .idle
    }

    /// Gives up on the first `count` positions: stops their reads, without waiting for what the disk is at,
    /// and forgets those whose bytes never came.
    func abandon(count: Int) {
        for position in 0..<count where states[position] == .waiting {
            let area = Int(areaOfPosition[position])
            if loader.isLoading(slot: area) { loader.cancel(slot: area) }
        }
        failure = nil
        for position in 0..<count where states[position] != .idle {
            let isLost = states[position] == .waiting
            letGo(position)
            if isLost { cache.discard(requests.id(position)) }
        }
    }
}

// MARK: - Reads that end

extension ExpertSlots {
    /// Microseconds after which whoever waits looks around.
    private static var patience: Int { 20_000 }

    private func number(_ position: Int) -> Int {
        extents.catalog.number(layer: layer, expert: expert(position))
    }

    /// Waits until nothing is read into `area`.
    private func awaitEnd(area: Int) {
        while loader.isLoading(slot: area) { noteEnded(timeoutMicroseconds: Self.patience) }
    }

    /// Takes note of one read that has ended; false where none did.
    @discardableResult
    private func noteEnded(timeoutMicroseconds: Int) -> Bool {
        guard let (area, outcome) = loader.nextEnded(timeoutMicroseconds: timeoutMicroseconds) else {
            return false
        }
        let position = Int(positionOfArea[area])
        guard position >= 0 else {
            guesses.noteEnded(area: area, outcome)
            return true
        }
        switch outcome {
        case .ready: accept(position)
        case .cancelled: break
        case .failed(let errno, let piece, let offset):
            if failure == nil { failure = error(errno, position, piece: piece, offset: offset) }
        }
        return true
    }

    /// The bytes of the expert at `position` are there; where they are those of a damaged record, it is not.
    private func accept(_ position: Int) {
        let number = number(position)
        let slot = cache.slot(of: requests.id(position))
        precondition(
            slot.map { cache.generation(of: $0) } == generations[position],
            "the slot of \(requests.id(position)) changed hands while it was read")
        let place = extents.slotOffset(matrix: 0, layer: layer, expert: number)
        let start = areaOffsets[Int(areaOfPosition[position])] + place
        guard let damage = records.damage(of: number, in: slab, at: start) else {
            join(position, number, offset: place)
            states[position] = .ready
            return
        }
        let piece = extents.catalog.piece(0, of: number)
        let error = ExpertStorageError(
            damage, path: files.paths[piece.file], offset: piece.offset,
            layer: extents.layerNumbers[layer], expert: expert(position))
        if failure == nil { failure = error }
    }

    /// Puts a record that is in two parts together in the spare area, which becomes the expert's own.
    private func join(_ position: Int, _ number: Int, offset: Int) {
        let area = Int(areaOfPosition[position])
        let joined = joins.join(
            number, in: slab, from: area, areaOffsets, at: offset, bytes: slotBytes[layer])
        guard joined != area else { return }
        guard let slot = cache.slot(of: requests.id(position)) else {
            preconditionFailure("expert \(expert(position)) of layer \(layer) is in no slot")
        }
        positionOfArea[area] = -1
        positionOfArea[joined] = Int32(position)
        areaOfPosition[position] = Int32(joined)
        areaOfSlot[slot.index] = Int32(joined)
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
