import Kernels
import ModelFiles
import Synchronization
import SystemPackage

/// Copies a range of batches with several threads: so the disk reads for one while another writes.
@safe final class PackCopy: @unchecked Sendable {
    // Unchecked: each batch is taken by one thread, which alone writes the checksums of its parts.
    private let plan: PackPlan
    private let source: PackSource
    private let target: CInt
    private let disk: any PackDisk
    private let checksums: UnsafeMutableBufferPointer<UInt32>
    private let next: Atomic<Int>
    private let end: Int
    private let isStopped = Atomic<Bool>(false)
    private let failure = Mutex<ExpertStorageError?>(nil)
    private let isCancelled: @Sendable () -> Bool
    private let bytesDone = Atomic<Int>(0)

    /// - Parameters:
    ///   - target: the store in the making; it and the checksums outlive the copy.
    ///   - isCancelled: asked before every batch, by any thread.
    @unsafe init(
        _ plan: PackPlan, batches: Range<Int>, from source: PackSource, to target: CInt, disk: any PackDisk,
        checksums: UnsafeMutableBufferPointer<UInt32>, isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.plan = plan
        self.source = source
        self.target = target
        self.disk = disk
        unsafe self.checksums = checksums
        next = Atomic(batches.lowerBound)
        end = batches.upperBound
        self.isCancelled = isCancelled
    }

    /// Copies, with `threadCount` threads of which this is one.
    ///
    /// - Parameter progress: gets the bytes copied so far, on this thread.
    /// - Returns: the first batch that was not copied; those before it were.
    func run(threadCount: Int, progress: (Int) -> Void) throws(ExpertStorageError) -> Int {
        var threads: [SystemThread] = []
        for _ in 1..<max(threadCount, 1) {
            guard let thread = SystemThread({ self.work { _ in } }) else { break }
            threads.append(thread)
        }
        work(progress)
        for thread in threads { thread.join() }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return min(next.load(ordering: .relaxed), end)
    }

    /// Copies batches until none is left.
    fileprivate func work(_ progress: (Int) -> Void) {
        var buffer = [UInt8](repeating: 0, count: plan.largestBatchBytes)
        var halves = [UInt8](repeating: 0, count: plan.largestSplitBytes)
        while let batch = take() {
            do throws(ExpertStorageError) {
                try copy(batch, &buffer, &halves)
            } catch {
                failure.withLock { $0 = $0 ?? error }
                isStopped.store(true, ordering: .relaxed)
                return
            }
            let size = plan.byteCount(ofBatch: batch)
            progress(bytesDone.wrappingAdd(size, ordering: .relaxed).newValue)
        }
    }

    private func take() -> Int? {
        if isStopped.load(ordering: .relaxed) || isCancelled() { return nil }
        var batch = next.load(ordering: .relaxed)
        while batch < end {
            let (isTaken, found) = next.compareExchange(
                expected: batch, desired: batch + 1, ordering: .relaxed)
            if isTaken { return batch }
            batch = found
        }
        return nil
    }

    private func copy(
        _ batch: Int, _ buffer: inout [UInt8], _ halves: inout [UInt8]
    ) throws(ExpertStorageError) {
        let first = plan.segments[plan.batches[batch].lowerBound]
        let size = plan.byteCount(ofBatch: batch)
        let descriptor = source.files.descriptors[first.file]
        var failureCode: ExpertStorageError.Code?
        do throws(Errno) {
            if try !disk.fill(&buffer, count: size, from: descriptor, at: first.sourceOffset) {
                failureCode = .endOfFile(needed: size, found: 0)
            }
        } catch {
            failureCode = .readFailed(error)
        }
        if let failureCode {
            throw ExpertStorageError(
                failureCode, path: source.files.paths[first.file], offset: first.sourceOffset)
        }
        OpenFile.forget(first.sourceOffset..<first.sourceOffset + size, of: descriptor)
        var offset = 0
        for index in plan.batches[batch] {
            let segment = plan.segments[index]
            let bytes = buffer.span.extracting(offset..<offset + segment.byteCount)
            if let planes = segment.planes {
                Self.split(bytes, by: planes, into: &halves)
                try write(segment.parts, halves.span)
            } else {
                try write(segment.parts, bytes)
            }
            offset += segment.byteCount
        }
    }

    /// Puts the prefixes of all blocks in front of their rests.
    private static func split(_ bytes: Span<UInt8>, by planes: BlockPlanes, into halves: inout [UInt8]) {
        let count = bytes.count / planes.format.blockBytes
        precondition(halves.count >= bytes.count, "\(bytes.count) bytes into \(halves.count)")
        unsafe halves.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                let rest = unsafe target + count * planes.prefixBytes
                unsafe planes.split(source, prefix: target, rest: rest, count: count)
            }
        }
    }

    /// Writes parts that lie one behind the other in `bytes`, and keeps their checksums.
    private func write(_ parts: Range<Int>, _ bytes: Span<UInt8>) throws(ExpertStorageError) {
        var start = 0
        for index in parts {
            let part = plan.parts[index]
            let own = bytes.extracting(start..<start + part.byteCount)
            var checksum = Checksum()
            checksum.append(own)
            unsafe checksums[index] = checksum.value
            do throws(Errno) {
                try disk.writeAll(own, to: target, at: part.storeOffset)
            } catch {
                throw ExpertStorageError(.unwritableFile(error), offset: part.storeOffset)
            }
            start += part.byteCount
        }
    }
}
