import Kernels
public import ModelFiles
import SystemPackage

/// Packs a model into a store: the same bytes, with those of an expert side by side.
///
/// The store grows in a file beside its place, `NAME.part`, and takes its place when it is whole and on the
/// disk. Packing that was stopped in any way goes on where the journal, `NAME.part.journal`, says; it starts
/// over where the source has changed. Runs on: any thread; starts some of its own.
public struct StorePacker {
    /// How packing ended.
    public enum Outcome: Sendable, Equatable {
        /// The store is in its place; so many bytes were there from an earlier attempt.
        case finished(resumedBytes: Int)
        /// It was told to stop and can go on.
        case interrupted
    }

    /// Where the store will be.
    public let path: String
    private let source: PackSource
    private let layout: StoreLayout
    private let plan: PackPlan
    private let replaces: Bool
    private let disk: any PackDisk
    private let stepBytes: Int
    private let threadCount: Int

    /// Plans the store; nothing is written yet.
    ///
    /// - Parameters:
    ///   - experts: pieces of the model's parts.
    ///   - isProgressive: whether records begin with an expert of lower precision, where their formats come
    ///     apart; `experts` then say what their pieces hold.
    ///   - replaces: whether a file at `path` may be replaced.
    ///   - stepBytes: how many bytes are copied between two checkpoints.
    /// - Throws: `alreadyStore`, `noExperts`, `invalidExperts`, `fileExists`, `isSource`, `unreadableFile`.
    public init(
        _ model: ModelFile, experts: [PackedExpert], to path: String, isProgressive: Bool = false,
        replaces: Bool, disk: any PackDisk = SystemPackDisk(), stepBytes: Int = 256 << 20,
        threadCount: Int = 3
    ) throws(ExpertStorageError) {
        guard !experts.isEmpty else { throw ExpertStorageError(.noExperts, path: model.path) }
        source = try PackSource(model)
        layout = try StoreLayout(
            files: source.sizes, entry: source.entry, experts: experts, isProgressive: isProgressive)
        plan = PackPlan(layout, batchBytes: min(PackPlan.batchBytes, stepBytes))
        self.path = path
        self.replaces = replaces
        self.disk = disk
        self.stepBytes = stepBytes
        self.threadCount = threadCount
        if !replaces, exists(path) { throw ExpertStorageError(.fileExists, path: path) }
        for file in source.files.paths where (try? OpenFile(reading: file).isAt(path)) == true {
            throw ExpertStorageError(.isSource, path: path)
        }
    }

    /// Bytes of the store.
    public var storeBytes: Int { layout.byteCount }
    /// Bytes of the files that go into it.
    public var sourceBytes: Int { source.files.byteCounts.reduce(0, +) }
    /// How the bytes of its records will be arranged: plain where no format comes apart.
    public var recordLayout: StoreRecordLayout { layout.manifest.layout }
    /// Bytes of the prefixes of all records, in which experts have a lower precision where they come apart.
    public var prefixBytes: Int {
        layout.manifest.records.reduce(0) { $0 + layout.manifest.prefixRange(of: $1).count }
    }
    /// Bytes of all records.
    public var recordBytes: Int { layout.manifest.records.reduce(0) { $0 + $1.byteCount } }
    /// Records that it will have.
    public var recordCount: Int { layout.manifest.records.count }
    /// What is there while the store is not whole.
    public var partPath: String { path + ".part" }

    /// What LZ4 would save of the store's records; nil where they cannot be read.
    public func compressionSample() -> CompressionSample? {
        try? CompressionSample(
            path: path, ranges: layout.manifest.records.map { $0.offset..<$0.offset + $0.byteCount })
    }

    private var journalPath: String { partPath + ".journal" }
    private var folder: String {
        let folder = FilePath(path).removingLastComponent().string
        return folder.isEmpty ? "." : folder
    }

    private func exists(_ path: String) -> Bool { (try? DiskFiles().kind(of: path)) != nil }
}

// MARK: - Packing

extension StorePacker {
    /// Packs, or goes on packing.
    ///
    /// - Parameters:
    ///   - progress: gets the bytes done and those of the whole, on this thread.
    ///   - isCancelled: asked often, by any thread.
    /// - Throws: `diskFull`, `inUse`, `sourceChanged`, `readFailed`, `unwritableFile`.
    public func run(
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(ExpertStorageError) -> Outcome {
        let allocated = (try? OpenFile(reading: partPath).size.allocated) ?? 0
        try checkRoom(for: layout.byteCount - allocated)
        let part = try writing(partPath) { () throws(Errno) in try OpenFile(writing: partPath) }
        // Whoever had the lock may have put the file in its place meanwhile.
        guard part.lock(), part.isAt(partPath) else { throw ExpertStorageError(.inUse, path: partPath) }
        var journal = try writing(journalPath) { () throws(Errno) in
            try PackJournal(
                path: journalPath, identity: identity, partCount: plan.parts.count, disk: disk)
        }
        var checkpoint = PackJournal.Checkpoint(
            batchesDone: 0, checksums: Array(repeating: 0, count: plan.parts.count))
        if part.size.byteCount == layout.byteCount,
            let latest = try writing(journalPath, { () throws(Errno) in try journal.latest() }),
            latest.batchesDone <= plan.batches.count
        {
            checkpoint = latest
        } else {
            try writing(journalPath) { () throws(Errno) in try journal.clear() }
            // What an attempt of another layout left must not shine through where this one has zeros.
            try writing(partPath) { () throws(Errno) in
                try disk.resize(part.descriptor, to: 0)
                try disk.resize(part.descriptor, to: layout.byteCount)
            }
        }
        let resumed = plan.byteCount(ofFirst: checkpoint.batchesDone)
        while checkpoint.batchesDone < plan.batches.count {
            if isCancelled() { return .interrupted }
            try step(&checkpoint, part: part, &journal, progress, isCancelled)
        }
        if isCancelled() { return .interrupted }
        try finish(part: part, checkpoint)
        return .finished(resumedBytes: resumed)
    }

    /// Copies the bytes up to the next checkpoint and keeps it.
    private func step(
        _ checkpoint: inout PackJournal.Checkpoint, part: borrowing OpenFile, _ journal: inout PackJournal,
        _ progress: (Int, Int) -> Void, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(ExpertStorageError) {
        let first = checkpoint.batchesDone
        let before = plan.byteCount(ofFirst: first)
        var end = first
        var size = 0
        while end < plan.batches.count, end == first || size < stepBytes {
            size += plan.byteCount(ofBatch: end)
            end += 1
        }
        let done = try unsafe checkpoint.checksums.withUnsafeMutableBufferPointer {
            (checksums) throws(ExpertStorageError) in
            let copy = unsafe PackCopy(
                plan, batches: first..<end, from: source, to: part.descriptor, disk: disk,
                checksums: checksums, isCancelled: isCancelled)
            do throws(ExpertStorageError) {
                return try copy.run(threadCount: threadCount) { progress(before + $0, sourceBytes) }
            } catch {
                throw described(error, left: sourceBytes - before)
            }
        }
        checkpoint.batchesDone = done
        let kept = checkpoint
        try writing(partPath) { () throws(Errno) in try part.synchronize(on: disk) }
        part.forget(0..<layout.byteCount)
        try writing(journalPath) { () throws(Errno) in try journal.write(kept) }
    }

    /// Writes what stands in front and puts the store in its place.
    private func finish(part: borrowing OpenFile, _ checkpoint: PackJournal.Checkpoint)
        throws(ExpertStorageError)
    {
        if let changed = source.changedPath {
            try writing(journalPath) { () throws(Errno) in try remove(journalPath) }
            throw ExpertStorageError(.sourceChanged, path: changed)
        }
        let manifest = plan.manifest(layout, checksums: checkpoint.checksums)
        let encoded = manifest.encoded
        var checksum = Checksum()
        checksum.append(encoded.span)
        let header = StoreHeader(
            layout: manifest.layout, fingerprint: source.fingerprint.rawValue, byteCount: layout.byteCount,
            manifestBytes: encoded.count, manifestChecksum: checksum)
        let front = header.encoded + encoded
        try writing(partPath) { () throws(Errno) in
            try disk.writeAll(front.span, to: part.descriptor, at: 0)
            try part.synchronize(on: disk)
        }
        if !replaces, exists(path) { throw ExpertStorageError(.fileExists, path: path) }
        try writing(path) { () throws(Errno) in
            try disk.rename(partPath, to: path)
            try OpenFile(reading: folder).synchronize(on: disk)
            try remove(journalPath)
        }
    }
}

// MARK: - Checks and errors

extension StorePacker {
    /// Everything that has to be the same for a checkpoint to count.
    private var identity: [UInt8] {
        var text = "\(StoreFormat.version) \(source.fingerprint) \(plan.parts.count) \(plan.batches.count)"
        for (name, file) in zip(source.names, source.files.identities) {
            text += " \(name) \(file.byteCount) \(file.seconds).\(file.nanoseconds)"
        }
        return Array(text.utf8) + layout.manifest.encoded
    }

    private func checkRoom(for byteCount: Int) throws(ExpertStorageError) {
        // A file system that does not tell shows it later.
        guard let free = try? disk.freeBytes(in: folder), free < byteCount else { return }
        throw ExpertStorageError(.diskFull(missing: byteCount - free), path: path)
    }

    /// Says of a copy that failed where it failed, and of a full disk what is missing.
    private func described(_ error: ExpertStorageError, left: Int) -> ExpertStorageError {
        guard case .unwritableFile(let number) = error.code else { return error }
        return writeFailure(number, path: partPath, offset: error.offset, left: left)
    }

    private func writeFailure(
        _ number: Errno, path: String, offset: Int? = nil, left: Int
    ) -> ExpertStorageError {
        guard number == .noSpace || number == .diskQuotaExceeded else {
            return ExpertStorageError(.unwritableFile(number), path: path, offset: offset)
        }
        let free = (try? disk.freeBytes(in: folder)) ?? 0
        return ExpertStorageError(.diskFull(missing: max(left - free, 1)), path: path, offset: offset)
    }

    private func writing<Result: ~Copyable>(
        _ path: String, _ body: () throws(Errno) -> Result
    ) throws(ExpertStorageError) -> Result {
        do throws(Errno) {
            return try body()
        } catch {
            throw writeFailure(error, path: path, left: layout.byteCount)
        }
    }

    private func remove(_ path: String) throws(Errno) {
        do { try disk.remove(path) } catch { if error != .noSuchFileOrDirectory { throw error } }
    }
}
