import Foundation
import Residency
import Testing
import TraceFiles

/// Files that claim what they do not hold, to make a reader overflow, hang or fill memory.
@Suite("Hostile arrays and counts of other programs")
struct HostileArrayTests {
    private static let tera = "1099511627776"

    @Test(
        "an array without elements does not hide extents that overflow",
        arguments: ["<i4", "<f4"], ["0, \(tera), \(tera)", "\(tera), 0, \(tera)", "\(tera), \(tera), 0"])
    func emptyArray(type: String, shape: String) {
        let found = failure(HostileFiles.array(type, "(\(shape))"))
        let error = "'a', byte 10: found shape [\(shape)] in the array, expected a size"
        #expect(found.hasPrefix(error), "\(found)")
    }

    @Test("an array without elements has sizes of a model nevertheless")
    func emptySizes() {
        #expect(
            failure(HostileFiles.array("|i1", "(0, 2147483648, 536870912)")).contains(
                "expected at most 4096 layers and 256 experts of a token"))
        #expect(
            failure(HostileFiles.array("<f4", "(0, 2147483648, 536870912)")).contains(
                "found 2147483648 layers of 536870912 experts, expected a model's sizes"))
        #expect(failure(HostileFiles.array("<i4", "(0, 2, 2)")).contains("found no choice"))
    }

    @Test("the same arrays inside of archives and responses are refused too")
    func inside() {
        let array = HostileFiles.array("<i4", "(0, \(Self.tera), \(Self.tera))")
        let archive = HostileFiles.archive([("routed_experts.npy", array)])
        #expect(failure(archive).contains("in 'routed_experts', expected a size"))
        let text = Data(array).base64EncodedString()
        let found = failure(Array("{\"choices\": [{\"routed_experts\": \"\(text)\"}]}".utf8))
        #expect(found.contains("in choices[0].routed_experts, expected a size"), "\(found)")
    }

    @Test("counts of inkling whose sizes overflow are refused")
    func binaryUsage() {
        #expect(
            failure(Array("IKU1".utf8) + [UInt8](repeating: 0xFF, count: 8))
                == "'a', byte 4: found 4294967295 experts in a layer, expected 1 to 65535; "
                + "correct the number.")
    }

    @Test("counts of MoE-Infinity that add up to more than all are refused where that happens")
    func sums() {
        // 2^22 requests of the largest count there may be, in one layer of one expert.
        let count = 1 << 22
        var elements: [UInt8] = []
        elements.reserveCapacity(4 * count)
        // 4294967040 is the largest float32 below 2^32.
        for _ in 0..<count { elements += [0xFF, 0xFF, 0x7F, 0x4F] }
        let found = failure(HostileFiles.array("<f4", "(\(count), 1, 1)", elements))
        #expect(found.contains("uses up to here, expected at most 9007199254740992"), "\(found)")
    }

    @Test("an archive is read where entries lie side by side, and refused where they overlap")
    func overlap() throws {
        let array = HostileFiles.array("|i1", "(600, 1, 1)", [UInt8](repeating: 1, count: 600))
        let names = (0..<3).map { "routed_experts_\($0).npy" }
        let whole = try TraceImport.read(HostileFiles.archive(names.map { ($0, array) }), path: "a")
        #expect(whole.trace?.rows.count == 1_800)
        // Three names of the directory for the bytes of one entry.
        let found = failure(HostileFiles.archive([(names[0], array)], listed: names.map { ($0, 0) }))
        #expect(found.contains("expected entries that do not overlap"), "\(found)")
    }

    @Test("two arrays of one name are refused")
    func sameName() {
        let array = HostileFiles.array("|i1", "(1, 1, 1)", [1])
        let archive = HostileFiles.archive(Array(repeating: ("routed_experts.npy", array), count: 2))
        #expect(failure(archive).contains("found a second array 'routed_experts', expected one of each name"))
    }
}

/// Makers of small files that no program writes.
private enum HostileFiles {
    /// An array as `numpy.save` writes it.
    static func array(_ type: String, _ shape: String, _ elements: [UInt8] = []) -> [UInt8] {
        let facts = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
        let header = Array((facts + String(repeating: " ", count: 117 - facts.utf8.count) + "\n").utf8)
        return [0x93] + Array("NUMPY".utf8) + [1, 0] + little(header.count, 2) + header + elements
    }

    /// A zip file of stored entries.
    ///
    /// - Parameter listed: names of the directory and the entries they stand for; nil for each entry once.
    static func archive(
        _ entries: [(name: String, bytes: [UInt8])], listed: [(name: String, entry: Int)]? = nil
    ) -> [UInt8] {
        var file: [UInt8] = []
        var offsets: [Int] = []
        for (name, bytes) in entries {
            offsets.append(file.count)
            file += [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + facts(bytes)
            file += little(name.utf8.count, 2) + [0, 0] + Array(name.utf8) + bytes
        }
        let start = file.count
        let listed = listed ?? entries.indices.map { (entries[$0].name, $0) }
        for (name, entry) in listed {
            file += [0x50, 0x4B, 1, 2, 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + facts(entries[entry].bytes)
            file += little(name.utf8.count, 2) + [UInt8](repeating: 0, count: 12)
            file += little(offsets[entry], 4) + Array(name.utf8)
        }
        let size = file.count - start
        file += [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + little(listed.count, 2) + little(listed.count, 2)
        return file + little(size, 4) + little(start, 4) + [0, 0]
    }

    /// Checksum and both sizes of an entry.
    private static func facts(_ bytes: [UInt8]) -> [UInt8] {
        var checksum = UInt32.max
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return little(Int(~checksum), 4) + little(bytes.count, 4) + little(bytes.count, 4)
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
