public import Kernels

/// What a store holds: the files of its source, where each of their bytes lies now, and the records of
/// experts.
public struct StoreManifest: Sendable, Equatable {
    /// Consecutive bytes of a source file that lie together in the store.
    package struct Run: Sendable, Equatable {
        /// Where they lie in the store.
        package var storeOffset: Int
        /// How many they are.
        package var byteCount: Int

        package init(storeOffset: Int, byteCount: Int) {
            self.storeOffset = storeOffset
            self.byteCount = byteCount
        }

        /// Where they lie in the store.
        package var storeRange: Range<Int> { storeOffset..<storeOffset + byteCount }
    }

    /// A file of the source: its runs, one behind the other, are the whole file.
    package struct File: Sendable, Equatable {
        /// Its name without folders.
        package var name: String
        /// Bytes of all runs.
        package var byteCount: Int
        package var runs: [Run]

        package init(name: String, byteCount: Int, runs: [Run]) {
            self.name = name
            self.byteCount = byteCount
            self.runs = runs
        }
    }

    /// One expert's bytes, which are read at once.
    public struct Record: Sendable, Equatable {
        /// The layer's number in the model.
        public var layer: Int
        /// The expert's number in its layer.
        public var expert: Int
        /// Where the record starts in the store.
        public var offset: Int
        /// Its bytes.
        public var byteCount: Int
        /// The checksum of its bytes.
        public var checksum: Checksum
        /// In a progressive store, which of the manifest's patterns its bytes follow.
        package var patternIndex = 0
        /// In a progressive store, the checksum of the record's prefix alone.
        public package(set) var prefixChecksum = Checksum()

        package init(layer: Int, expert: Int, offset: Int, byteCount: Int, checksum: Checksum) {
            self.layer = layer
            self.expert = expert
            self.offset = offset
            self.byteCount = byteCount
            self.checksum = checksum
        }

        /// Where it lies in the store.
        public var range: Range<Int> { offset..<offset + byteCount }
    }

    /// The file to open: the first part of a split, the weights or the configuration of a checkpoint.
    package var entry: String
    /// The files of the source; those with tensors first, in the order of `ModelFile.parts`.
    package var files: [File]
    /// How the bytes of progressive records are arranged, each way once; none where records are plain.
    public package(set) var patterns: [RecordPattern]
    /// In the order of layer and expert, and of their places.
    public package(set) var records: [Record]
    /// Where everything else lies, in the order of the source: headers, dense tensors, tokenizer.
    package var dense: Range<Int>
    /// The checksums of the dense region's pieces.
    package var denseChecksums: [Checksum]

    package init(
        entry: String, files: [File], patterns: [RecordPattern] = [], records: [Record], dense: Range<Int>,
        denseChecksums: [Checksum]
    ) {
        self.entry = entry
        self.files = files
        self.patterns = patterns
        self.records = records
        self.dense = dense
        self.denseChecksums = denseChecksums
    }

    /// How the bytes of its records are arranged.
    public var layout: StoreRecordLayout { patterns.isEmpty ? .plain : .progressive }

    /// How the bytes of `record` are arranged; nil where they are the source's own.
    public func pattern(of record: Record) -> RecordPattern? {
        guard !patterns.isEmpty, patterns[record.patternIndex].isSplit else { return nil }
        return patterns[record.patternIndex]
    }

    /// Where the prefix of `record` lies in the store: all of it where it does not come apart.
    package func prefixRange(of record: Record) -> Range<Int> {
        record.offset..<record.offset + (pattern(of: record)?.prefixBytes ?? record.byteCount)
    }

    /// The record that holds byte `offset` of the store; nil where none does.
    ///
    /// Cost: the logarithm of the number of records. Allocates: none.
    public func record(at offset: Int) -> Record? {
        var (low, high) = (0, records.count)
        while low < high {
            let middle = (low + high) / 2
            if records[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        guard low > 0, records[low - 1].range.contains(offset) else { return nil }
        return records[low - 1]
    }

    /// Where piece `index` of the dense region lies.
    package func densePiece(_ index: Int) -> Range<Int> {
        let start = dense.lowerBound + index * StoreFormat.densePieceBytes
        return start..<min(start + StoreFormat.densePieceBytes, dense.upperBound)
    }

    /// Pieces of a dense region of so many bytes.
    package static func densePieceCount(_ byteCount: Int) -> Int {
        (byteCount + StoreFormat.densePieceBytes - 1) / StoreFormat.densePieceBytes
    }

    /// Where the last byte of the store that belongs to anything lies.
    var end: Int { records.last?.range.upperBound ?? dense.upperBound }
}
