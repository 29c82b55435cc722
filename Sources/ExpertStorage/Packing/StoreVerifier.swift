import Kernels
public import ModelFiles
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads a store from its first byte to its last, compares every checksum, and with the source at hand every
/// byte. Runs on: any thread.
public struct StoreVerifier {
    /// Bytes that are not what they should be.
    public struct Damage: Sendable, Equatable {
        /// What they belong to.
        public enum Place: Sendable, Equatable {
            /// The record of an expert; in a progressive store its prefix or its rest.
            case record(layer: Int, expert: Int)
            /// A piece of the dense region.
            case dense
            /// What belongs to nothing and is zero.
            case padding
            /// A run of bytes that differ from those of a file of the source, at this byte of it.
            case source(file: String, offset: Int)
        }

        /// What the bytes belong to.
        public let place: Place
        /// Where they lie in the store.
        public let range: Range<Int>
    }

    /// What was found.
    public struct Result: Sendable, Equatable {
        /// In the order in which they were found; none where the store is sound.
        public var damages: [Damage] = []
        /// Bytes of the store that were read against checksums.
        public var checkedBytes = 0
        /// Bytes that were compared with the source.
        public var comparedBytes = 0
        /// Whether it was told to stop.
        public var isInterrupted = false
    }

    private let manifest: StoreManifest
    private let path: String
    private let storeBytes: Int
    private let source: PackSource?
    private let disk: any PackDisk

    /// Bytes of a read, which no store fills that has fewer.
    private var chunkBytes: Int { min(4 << 20, storeBytes) }

    /// - Throws: `notStore`; `otherSource` where the store cannot have been packed from `source`.
    public init(
        _ store: ModelFile, source: ModelFile? = nil, disk: any PackDisk = SystemPackDisk()
    ) throws(ExpertStorageError) {
        guard let manifest = store.store else { throw ExpertStorageError(.notStore, path: store.path) }
        self.manifest = manifest
        path = store.path
        storeBytes = store.byteCount
        self.disk = disk
        guard let source else {
            self.source = nil
            return
        }
        guard source.fingerprint == store.fingerprint else {
            let code = ExpertStorageError.Code.otherSource(
                found: "the fingerprint \(source.fingerprint)", expected: "\(store.fingerprint)")
            throw ExpertStorageError(code, path: source.path)
        }
        self.source = try PackSource(source)
    }

    /// Bytes that will be read of the store and of the source.
    public var totalBytes: Int {
        storeBytes + (source == nil ? 0 : 2 * manifest.files.reduce(0) { $0 + $1.byteCount })
    }

    /// Verifies.
    ///
    /// - Parameter progress: gets the bytes done; returning false stops.
    /// - Throws: `unreadableFile`, `readFailed`, `endOfFile`, `otherSource`.
    public func run(progress: (_ done: Int) -> Bool = { _ in true }) throws(ExpertStorageError) -> Result {
        let store: OpenFile
        do throws(Errno) {
            store = try OpenFile(reading: path)
        } catch {
            throw ExpertStorageError(.unreadableFile(error), path: path)
        }
        var result = Result()
        try checkSums(store, &result, progress)
        if let source, !result.isInterrupted { try compare(store, source, &result, progress) }
        return result
    }
}

// MARK: - Checksums

extension StoreVerifier {
    /// What a range of the store should be.
    private struct Region {
        let place: Damage.Place
        let range: Range<Int>
        let checksum: Checksum
    }

    /// The store behind its manifest, region after region without a gap.
    private var regions: [Region] {
        var regions: [Region] = []
        // Header and manifest were checked when the store was opened.
        var end = StoreFormat.headerBytes + manifest.encoded.count
        func add(_ place: Damage.Place, _ range: Range<Int>, _ checksum: Checksum) {
            if range.lowerBound > end {
                var zeros = Checksum()
                zeros.appendZeros(byteCount: range.lowerBound - end)
                regions.append(Region(place: .padding, range: end..<range.lowerBound, checksum: zeros))
            }
            regions.append(Region(place: place, range: range, checksum: checksum))
            end = range.upperBound
        }
        for (index, checksum) in manifest.denseChecksums.enumerated() {
            add(.dense, manifest.densePiece(index), checksum)
        }
        for record in manifest.records {
            let place = Damage.Place.record(layer: record.layer, expert: record.expert)
            let prefix = manifest.prefixRange(of: record)
            let rest = prefix.upperBound..<record.range.upperBound
            guard manifest.layout == .progressive, !rest.isEmpty else {
                add(place, record.range, record.checksum)
                continue
            }
            add(place, prefix, record.prefixChecksum)
            // What the rest's must be for the record's to be right.
            var shifted = record.prefixChecksum
            shifted.append(Checksum(), byteCount: rest.count)
            add(place, rest, Checksum(record.checksum.value ^ shifted.value))
        }
        return regions
    }

    private func checkSums(
        _ store: borrowing OpenFile, _ result: inout Result, _ progress: (Int) -> Bool
    ) throws(ExpertStorageError) {
        var buffer = [UInt8](repeating: 0, count: chunkBytes)
        for region in regions {
            var checksum = Checksum()
            for start in stride(
                from: region.range.lowerBound, to: region.range.upperBound, by: chunkBytes)
            {
                let size = min(chunkBytes, region.range.upperBound - start)
                try read(&buffer, count: size, from: store.descriptor, at: start, path: path)
                checksum.append(buffer.span.extracting(first: size))
            }
            if checksum != region.checksum {
                result.damages.append(Damage(place: region.place, range: region.range))
            }
            result.checkedBytes = region.range.upperBound
            if !progress(region.range.upperBound) {
                result.isInterrupted = true
                return
            }
        }
    }

    private func read(
        _ buffer: inout [UInt8], count: Int, from descriptor: CInt, at offset: Int, path: String
    ) throws(ExpertStorageError) {
        let isWhole: Bool
        do throws(Errno) {
            isWhole = try disk.fill(&buffer, count: count, from: descriptor, at: offset)
        } catch {
            throw ExpertStorageError(.readFailed(error), path: path, offset: offset)
        }
        guard isWhole else {
            throw ExpertStorageError(.endOfFile(needed: count, found: 0), path: path, offset: offset)
        }
        OpenFile.forget(offset..<offset + count, of: descriptor)
    }
}

// MARK: - The source

extension StoreVerifier {
    private static func firstDifference(_ first: [UInt8], _ second: [UInt8], count: Int) -> Int? {
        let isEqual = unsafe first.withUnsafeBytes { first in
            unsafe second.withUnsafeBytes { second in
                guard let first = first.baseAddress, let second = second.baseAddress else { return true }
                return unsafe memcmp(first, second, count) == 0
            }
        }
        return isEqual ? nil : (0..<count).first { first[$0] != second[$0] }
    }

    private func compare(
        _ store: borrowing OpenFile, _ source: PackSource, _ result: inout Result, _ progress: (Int) -> Bool
    ) throws(ExpertStorageError) {
        var stored = [UInt8](repeating: 0, count: chunkBytes)
        var original = stored
        var joined = JoinedRecord()
        for run in try comparedRuns(source) {
            let record = manifest.record(at: run.place.storeOffset)
            let pattern = record.flatMap { manifest.pattern(of: $0) }
            for start in stride(from: 0, to: run.place.byteCount, by: chunkBytes) {
                let size = min(chunkBytes, run.place.byteCount - start)
                let place = run.place.storeOffset + start
                if let record, let pattern {
                    if joined.offset != record.offset {
                        try join(record, pattern, store, into: &joined)
                    }
                    let first = place - record.offset
                    stored.replaceSubrange(..<size, with: joined.plain[first..<first + size])
                } else {
                    try read(&stored, count: size, from: store.descriptor, at: place, path: path)
                }
                let offset = run.sourceOffset + start
                try read(
                    &original, count: size, from: source.files.descriptors[run.file], at: offset,
                    path: source.files.paths[run.file])
                if let byte = Self.firstDifference(stored, original, count: size) {
                    result.damages.append(
                        Damage(
                            place: .source(file: source.names[run.file], offset: offset + byte),
                            range: place + byte..<place + size))
                }
                result.comparedBytes += size
                if !progress(storeBytes + 2 * result.comparedBytes) {
                    result.isInterrupted = true
                    return
                }
            }
        }
    }

    /// A run of a file, by the file's number in the source.
    private struct ComparedRun {
        let file: Int
        let sourceOffset: Int
        let place: StoreManifest.Run
    }

    /// A record as the source has it.
    private struct JoinedRecord {
        var offset = -1
        var stored: [UInt8] = []
        var plain: [UInt8] = []
    }

    /// Every run, file after file; in a progressive store in the order of their places, so that each record
    /// is joined once.
    private func comparedRuns(_ source: PackSource) throws(ExpertStorageError) -> [ComparedRun] {
        var runs: [ComparedRun] = []
        for file in manifest.files {
            guard let index = source.names.firstIndex(of: file.name),
                source.files.byteCounts[index] == file.byteCount
            else {
                let code = ExpertStorageError.Code.otherSource(
                    found: "another set of files", expected: "'\(file.name)' of \(file.byteCount) bytes")
                throw ExpertStorageError(code, path: path)
            }
            var offset = 0
            for run in file.runs {
                runs.append(ComparedRun(file: index, sourceOffset: offset, place: run))
                offset += run.byteCount
            }
        }
        guard manifest.layout == .progressive else { return runs }
        return runs.sorted { $0.place.storeOffset < $1.place.storeOffset }
    }

    private func join(
        _ record: StoreManifest.Record, _ pattern: RecordPattern, _ store: borrowing OpenFile,
        into joined: inout JoinedRecord
    ) throws(ExpertStorageError) {
        if joined.stored.count < record.byteCount {
            joined.stored = [UInt8](repeating: 0, count: record.byteCount)
            joined.plain = joined.stored
        }
        joined.offset = record.offset
        try read(
            &joined.stored, count: record.byteCount, from: store.descriptor, at: record.offset, path: path)
        unsafe joined.stored.withUnsafeBytes { stored in
            unsafe joined.plain.withUnsafeMutableBytes { plain in
                guard let stored = stored.baseAddress, let plain = plain.baseAddress else { return }
                unsafe pattern.join(stored, into: plain)
            }
        }
    }
}
