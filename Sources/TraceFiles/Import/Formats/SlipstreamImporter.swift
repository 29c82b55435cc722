import ModelFiles
import Residency

/// The routing log of slipstream, PGRRT01: one record for each token and layer.
///
/// Layout, little-endian; a header of 100 bytes:
///
///     magic "PGRRT01\0" | u32 version 1, 100, 44, 0x01020304 | u16 layers, experts, top-k, flags
///     16 bytes session | u64 start ns | 32 bytes SHA-256 of the model | u32 CRC-32 of bytes 0..<88 | 8 zeros
///
/// and records of 44:
///
///     u64 batch | u32 position | i32 token | u16 sequence | u8 phase (0 prompt) | u8 layer | 10 u16 experts
///     u32 CRC-32 of bytes 0..<40
///
/// Experts beyond top-k are 0xFFFF. A log whose program was killed may end inside a record or a batch; what
/// is whole is read and the rest is reported.
///
/// Lost: weights, which it does not hold, and the model's hash.
///
/// Source: github.com/Schero94/slipstream, the writer `peregrine-routing` and the reader of its M0a traces.
struct SlipstreamImporter: TraceImporter {
    static let format = ForeignFormat("slipstream", "slipstream PGRRT01 routing log, binary")

    private static let magic = Array("PGRRT01\0".utf8)
    private static let headerBytes = 100
    private static let recordBytes = 44
    private static let slots = 10

    static func recognizes(_ head: FileHead) -> Bool { head.starts(with: Array("PGRRT".utf8)) }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        try input.withBytes { (bytes) throws(TraceFilesError) in
            let declared = try readHeader(bytes, input)
            var notes: [String] = []
            var assembler = try TraceAssembler(
                input, declared: declared, steps: .numbered, places: .bytes)
            let end = try endOfWholeBatches(bytes, layers: declared.layerNumbers.count, input, &notes)
            for offset in stride(from: headerBytes, to: end, by: recordBytes) {
                try readRecord(bytes, offset, declared.expertsPerToken ?? slots, into: &assembler, input)
                if offset % ImportInput.progressBytes < recordBytes { input.progress(offset, bytes.count) }
            }
            return ImportedTrace(.choices(try assembler.finish(notes: &notes)), notes: notes)
        }
    }

    private static func readHeader(
        _ bytes: Span<UInt8>, _ input: ImportInput
    ) throws(TraceFilesError) -> DeclaredShape {
        guard bytes.count >= headerBytes else {
            throw input.error(
                .truncated(
                    reading: "the header", needed: UInt64(headerBytes), available: UInt64(bytes.count)),
                at: .byte(0))
        }
        guard magic.indices.allSatisfy({ bytes[$0] == magic[$0] }) else {
            throw unexpected("other bytes", "the magic PGRRT01 and a zero", at: 0, input)
        }
        let expected: [(Int, UInt32, String)] = [
            (8, 1, "version"), (12, UInt32(headerBytes), "bytes of a header"),
            (16, UInt32(recordBytes), "bytes of a record"), (20, 0x0102_0304, "byte order"),
        ]
        for (offset, value, what) in expected {
            let found = LittleEndian.load(UInt32.self, bytes, at: offset)
            guard found == value else {
                throw unexpected("\(what) \(found)", "\(value)", at: offset, input)
            }
        }
        let checksum = ZipChecksum.value(bytes, 0..<88)
        let stored = LittleEndian.load(UInt32.self, bytes, at: 88)
        guard checksum == stored else {
            throw input.error(
                .wrongChecksum(of: "the header", found: hexadecimal(checksum), expected: hexadecimal(stored)),
                at: .byte(88))
        }
        let layers = Int(LittleEndian.load(UInt16.self, bytes, at: 24))
        var declared = DeclaredShape()
        declared.layerCount = layers
        declared.layerNumbers = Set(0..<layers)
        declared.expertCount = Int(LittleEndian.load(UInt16.self, bytes, at: 26))
        declared.expertsPerToken = Int(LittleEndian.load(UInt16.self, bytes, at: 28))
        guard (1...slots).contains(declared.expertsPerToken ?? 0) else {
            throw unexpected(
                "\(declared.expertsPerToken ?? 0) experts for a token", "1 to \(slots)", at: 28, input)
        }
        return declared
    }

    /// Where whole records of whole batches end, with a note where that is not the file's end.
    ///
    /// A batch is whole where its last layer has as many records as its first: layers are written in order.
    ///
    /// - Throws: `wrongChecksum` for a record that is not the last.
    private static func endOfWholeBatches(
        _ bytes: Span<UInt8>, layers: Int, _ input: ImportInput, _ notes: inout [String]
    ) throws(TraceFilesError) -> Int {
        let count = (bytes.count - headerBytes) / recordBytes
        var end = headerBytes + count * recordBytes
        for offset in stride(from: headerBytes, to: end, by: recordBytes) {
            let checksum = ZipChecksum.value(bytes, offset..<offset + 40)
            let stored = LittleEndian.load(UInt32.self, bytes, at: offset + 40)
            guard checksum != stored else { continue }
            guard offset + recordBytes == end else {
                throw input.error(
                    .wrongChecksum(
                        of: "a record", found: hexadecimal(checksum), expected: hexadecimal(stored)),
                    at: .byte(offset))
            }
            end = offset
        }
        guard end > headerBytes else { return end }
        // The batch that was written last: all its records have the last one's number.
        let batch = LittleEndian.load(UInt64.self, bytes, at: end - recordBytes)
        var start = end
        var lastLayerRecords = 0
        var firstLayerRecords = 0
        while start > headerBytes, LittleEndian.load(UInt64.self, bytes, at: start - recordBytes) == batch {
            start -= recordBytes
            if Int(bytes[start + 19]) == layers - 1 { lastLayerRecords += 1 }
            if bytes[start + 19] == 0 { firstLayerRecords += 1 }
        }
        let isWhole = lastLayerRecords > 0 && lastLayerRecords == firstLayerRecords
        let kept = isWhole ? end : start
        if kept < bytes.count {
            notes.append("the file is torn: \(bytes.count - kept) bytes from byte \(kept) on were left out")
        }
        return kept
    }

    private static func readRecord(
        _ bytes: Span<UInt8>, _ offset: Int, _ expertsPerToken: Int, into assembler: inout TraceAssembler,
        _ input: ImportInput
    ) throws(TraceFilesError) {
        let phase = bytes[offset + 18]
        guard phase <= 1 else { throw unexpected("phase \(phase)", "0 or 1", at: offset + 18, input) }
        let batch = LittleEndian.load(UInt64.self, bytes, at: offset)
        guard let step = UInt32(exactly: batch) else {
            throw unexpected("batch \(batch)", "a number below 2^32", at: offset, input)
        }
        let token = TraceAssembler.Token(
            sequence: Int(LittleEndian.load(UInt16.self, bytes, at: offset + 16)),
            position: Int(LittleEndian.load(UInt32.self, bytes, at: offset + 8)),
            token: Int(LittleEndian.load(Int32.self, bytes, at: offset + 12)),
            phase: phase == 0 ? .prefill : .decode, step: Int(step))
        try assembler.begin(token, layer: Int(bytes[offset + 19]), at: offset)
        for slot in 0..<slots {
            let expert = LittleEndian.load(UInt16.self, bytes, at: offset + 20 + 2 * slot)
            guard slot >= expertsPerToken else {
                try assembler.choose(Int(expert), at: offset)
                continue
            }
            guard expert == .max else {
                throw unexpected(
                    "expert \(expert) behind the \(expertsPerToken) of a token", "65535", at: offset, input)
            }
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func unexpected(
        _ found: String, _ expected: String, at offset: Int, _ input: ImportInput
    ) -> TraceFilesError {
        input.malformed(
            found, expected: expected, advice: "copy the log again or record it again", at: .byte(offset))
    }
}
