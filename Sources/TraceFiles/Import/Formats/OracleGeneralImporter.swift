import ModelFiles
import Residency

/// `oracleGeneral` of libCacheSim: accesses of a cache, in records of 24 bytes without padding.
///
/// Layout, little-endian: `u32 time | u64 object | u32 bytes | i64 next access`; an object is
/// `layer * 65536 + expert`, the time counts tokens, the next access is the number of the request (from 1)
/// that asks for the object again, or -1.
///
/// Lost: weights, token ids, texts, phases and which tokens were computed together. Every time is a token and
/// a step of its own. The next access is passed over; it can be computed again. The file has no magic number:
/// it is taken for this format where its first records make sense as such.
///
/// Source: github.com/1a1a11a/libCacheSim, `traceReader/customizedReader/oracle/oracleGeneralBin.h` and
/// `bin/traceUtils/traceConv.cpp`.
struct OracleGeneralImporter: TraceImporter {
    static let format = ForeignFormat("oraclegeneral", "libCacheSim oracleGeneral, binary")

    static let recordBytes = 24

    static func recognizes(_ head: FileHead) -> Bool {
        guard head.lines.isEmpty, head.byteCount >= recordBytes, head.byteCount % recordBytes == 0 else {
            return false
        }
        let bytes = head.bytes.span
        var lastTime: UInt32 = 0
        for record in 0..<min(64, bytes.count / recordBytes) {
            let offset = record * recordBytes
            let time = LittleEndian.load(UInt32.self, bytes, at: offset)
            let next = LittleEndian.load(Int64.self, bytes, at: offset + 16)
            guard time >= lastTime, next == -1 || next > record else { return false }
            lastTime = time
        }
        return true
    }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        try input.withBytes { (bytes) throws(TraceFilesError) in
            let torn = bytes.count % recordBytes
            guard torn == 0 else {
                throw input.error(
                    .truncated(
                        reading: "a record", needed: UInt64(recordBytes), available: UInt64(torn)),
                    at: .byte(bytes.count - torn))
            }
            var accesses = try ObjectAccesses(input, placesAreLines: false)
            for offset in stride(from: 0, to: bytes.count, by: recordBytes) {
                let object = LittleEndian.load(UInt64.self, bytes, at: offset + 4)
                guard let number = Int(exactly: object) else {
                    throw input.malformed(
                        "object \(object)", expected: "layer * 65536 + expert",
                        advice: "give a file that `sluice trace export` or a converter of yours wrote",
                        at: .byte(offset + 4))
                }
                try accesses.add(
                    time: Int(LittleEndian.load(UInt32.self, bytes, at: offset)), object: number,
                    bytes: Int(LittleEndian.load(UInt32.self, bytes, at: offset + 12)), at: offset)
                if offset % ImportInput.progressBytes < recordBytes { input.progress(offset, bytes.count) }
            }
            return try accesses.finish()
        }
    }
}
