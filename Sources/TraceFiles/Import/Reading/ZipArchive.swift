import ModelFiles

/// The directory of a zip file whose entries are stored as they are, which is what NumPy's `savez` writes.
///
/// Layout: entries, each behind a local header `PK\3\4` of 30 bytes, a name and extra fields; the central
/// directory of headers `PK\1\2` of 46 bytes; the end `PK\5\6` of 22 bytes and a comment. Sizes and offsets
/// of 0xFFFFFFFF stand in the extra field 1 instead (Zip64).
///
/// Source: PKWARE's APPNOTE 6.3.
struct ZipArchive {
    /// A file in the archive.
    struct Entry {
        let name: String
        /// Where its bytes lie.
        let range: Range<Int>
    }

    static let magic: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

    /// In the order of the directory.
    private(set) var entries: [Entry] = []
    private let input: ImportInput
    /// Bytes of the entries so far with their local headers. They lie side by side, so that together they are
    /// no more than the file: what bounds the work of a directory that names the same bytes again and again.
    private var entryBytes = 0

    /// - Throws: where the directory is missing or does not fit the file, an entry is compressed or its
    ///   checksum is wrong.
    init(_ bytes: Span<UInt8>, of input: ImportInput) throws(TraceFilesError) {
        self.input = input
        var (offset, count) = try Self.directory(bytes, input)
        guard count <= ImportLimits.archiveEntries else {
            throw input.error(
                .limitExceeded(
                    limit: "files in the archive", found: UInt64(count),
                    maximum: UInt64(ImportLimits.archiveEntries)), at: .byte(offset))
        }
        for _ in 0..<count { try readEntry(bytes, &offset) }
    }

    /// Where the central directory starts, and how many entries it has.
    private static func directory(
        _ bytes: Span<UInt8>, _ input: ImportInput
    ) throws(TraceFilesError) -> (offset: Int, count: Int) {
        let endBytes = 22
        var end = bytes.count - endBytes
        let last = max(0, end - 65_535)
        while end >= last, LittleEndian.load(UInt32.self, bytes, at: end) != 0x0605_4B50 { end -= 1 }
        guard end >= last, end >= 0 else {
            throw input.malformed(
                "no directory at the end", expected: "a whole zip file",
                advice: "copy it again; it is cut", at: .byte(max(0, bytes.count - 1)))
        }
        let count = Int(LittleEndian.load(UInt16.self, bytes, at: end + 10))
        let offset = Int(LittleEndian.load(UInt32.self, bytes, at: end + 16))
        guard offset == 0xFFFF_FFFF || count == 0xFFFF else { return (offset, count) }
        // Zip64: a locator of 20 bytes in front of the end names the place of the real end.
        guard end >= 20, LittleEndian.load(UInt32.self, bytes, at: end - 20) == 0x0706_4B50,
            let place = Int(exactly: LittleEndian.load(UInt64.self, bytes, at: end - 12)),
            place <= bytes.count - 56,
            let wideCount = Int(exactly: LittleEndian.load(UInt64.self, bytes, at: place + 32)),
            let wideOffset = Int(exactly: LittleEndian.load(UInt64.self, bytes, at: place + 48))
        else {
            throw input.malformed(
                "no Zip64 directory", expected: "one", advice: "copy the file again", at: .byte(end))
        }
        return (wideOffset, wideCount)
    }

    private mutating func readEntry(_ bytes: Span<UInt8>, _ offset: inout Int) throws(TraceFilesError) {
        let start = offset
        guard offset >= 0, offset <= bytes.count - 46,
            LittleEndian.load(UInt32.self, bytes, at: offset) == 0x0201_4B50
        else { throw damaged("no entry of the directory", at: min(start, bytes.count)) }
        let method = LittleEndian.load(UInt16.self, bytes, at: start + 10)
        let checksum = LittleEndian.load(UInt32.self, bytes, at: start + 16)
        var sizes = [24, 20, 42].map { Int(LittleEndian.load(UInt32.self, bytes, at: start + $0)) }
        let lengths = [28, 30, 32].map { Int(LittleEndian.load(UInt16.self, bytes, at: start + $0)) }
        offset += 46 + lengths.reduce(0, +)
        guard offset <= bytes.count else { throw damaged("an entry that is cut", at: start) }
        let name = TextLines.string(bytes, start + 46..<start + 46 + lengths[0])
        let extra = start + 46 + lengths[0]
        widen(&sizes, bytes, extra..<extra + lengths[1])
        guard method == 0 else {
            throw input.malformed(
                "\(quoted(name)) compressed by method \(method)", expected: "arrays that are stored",
                advice: "save it again with numpy.savez instead of numpy.savez_compressed",
                at: .byte(start))
        }
        let local = sizes[2]
        guard local >= 0, local <= bytes.count - 30,
            LittleEndian.load(UInt32.self, bytes, at: local) == 0x0403_4B50
        else { throw damaged("no local header of \(quoted(name))", at: start) }
        let first =
            local + 30 + Int(LittleEndian.load(UInt16.self, bytes, at: local + 26))
            + Int(LittleEndian.load(UInt16.self, bytes, at: local + 28))
        guard sizes[0] >= 0, sizes[0] == sizes[1], first <= bytes.count, sizes[0] <= bytes.count - first
        else {
            throw damaged("\(quoted(name)) with \(sizes[0]) bytes that are not all there", at: start)
        }
        entryBytes += first + sizes[0] - local
        guard entryBytes <= bytes.count else {
            throw input.malformed(
                "\(entryBytes) bytes of entries up to \(quoted(name)) in a file of \(bytes.count)",
                expected: "entries that do not overlap", advice: "save it again with numpy.savez",
                at: .byte(start))
        }
        let range = first..<first + sizes[0]
        guard ZipChecksum.value(bytes, range) == checksum else {
            throw damaged("a wrong checksum of \(quoted(name))", at: first)
        }
        entries.append(Entry(name: name, range: range))
    }

    /// Replaces sizes and offset that stand in the extra field for wide ones.
    private func widen(_ sizes: inout [Int], _ bytes: Span<UInt8>, _ extra: Range<Int>) {
        var position = extra.lowerBound
        while position + 4 <= extra.upperBound {
            let length = Int(LittleEndian.load(UInt16.self, bytes, at: position + 2))
            if LittleEndian.load(UInt16.self, bytes, at: position) == 1 {
                var field = position + 4
                for index in sizes.indices where sizes[index] == 0xFFFF_FFFF {
                    guard field + 8 <= min(extra.upperBound, position + 4 + length) else { break }
                    sizes[index] = Int(exactly: LittleEndian.load(UInt64.self, bytes, at: field)) ?? -1
                    field += 8
                }
                return
            }
            position += 4 + length
        }
    }

    private func damaged(_ found: String, at offset: Int) -> TraceFilesError {
        input.malformed(found, expected: "a whole zip file", advice: "copy it again", at: .byte(offset))
    }
}
