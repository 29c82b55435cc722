import Kernels
import TestSupport
import Testing

@Suite("Checksums")
struct ChecksumTests {
    /// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
    private static let known: [(bytes: [UInt8], checksum: UInt32)] = [
        ([], 0),
        (Array("123456789".utf8), 0xE306_9283),
        (Array(repeating: 0, count: 32), 0x8A91_36AA),
        (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0..<32), 0x46DD_794E),
        (Array((0..<32).reversed()), 0x113F_DB5C),
    ]

    @Test("are those of the standard on every instruction set", arguments: InstructionSet.available)
    func knownValues(set: InstructionSet) {
        for (bytes, expected) in Self.known {
            var checksum = Checksum()
            checksum.append(bytes.span, by: set)
            #expect(checksum.value == expected, "\(bytes)")
        }
    }

    @Test("are the definition's for any length and alignment", arguments: InstructionSet.available)
    func equalOnAllSets(set: InstructionSet) {
        let bytes = randomBytes(30_000)
        // Around a word, and around one and two times three runs of 4096.
        for length in Array(0...70) + [4095, 12_287, 12_288, 12_289, 12_295, 24_576, 24_999] {
            for start in [0, 1, 5, 64] {
                let part = bytes.span.extracting(start..<start + length)
                #expect(Self.sum(part, by: set) == Self.sum(part, by: .scalar), "\(length) from \(start)")
            }
        }
    }

    @Test("of neighbours join, and zeros may be counted")
    func joins() {
        let bytes = randomBytes(5_000)
        for cut in [0, 1, 7, 8, 1000, 4999, 5000] {
            var joined = Self.sum(bytes.span.extracting(0..<cut), by: .scalar)
            joined.append(
                Self.sum(bytes.span.extracting(cut..<5_000), by: .scalar), byteCount: 5_000 - cut)
            #expect(joined == Self.sum(bytes.span, by: .scalar), "\(cut)")
        }
        for count in [0, 1, 3, 64, 4097, 1 << 20] {
            var counted = Self.sum(bytes.span, by: .scalar)
            counted.appendZeros(byteCount: count)
            let padded = bytes + Array(repeating: 0, count: count)
            #expect(counted == Self.sum(padded.span, by: .scalar), "\(count)")
        }
    }

    private static func sum(_ bytes: Span<UInt8>, by set: InstructionSet) -> Checksum {
        var checksum = Checksum()
        checksum.append(bytes, by: set)
        return checksum
    }

    private func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: 11)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
