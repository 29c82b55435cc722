/// Damages bytes at random: what bad disks, broken downloads and attackers do to a file.
public struct Mutator {
    private var generator: SeededGenerator

    /// Equal seeds damage equal bytes equally.
    public init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// A number that counts and sizes are compared with: edges of integer types, and small ones.
    private static let edges: [UInt64] = [
        0, 1, 2, 3, 4, 7, 8, 16, 31, 32, 64, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF,
        0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 1 << 40, 1 << 61, 1 << 62, 0x7FFF_FFFF_FFFF_FFFF, 1 << 63,
        0xFFFF_FFFF_FFFF_FFE0, 0xFFFF_FFFF_FFFF_FFFF,
    ]

    /// Pieces of JSON that change its meaning.
    private static let words = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "-", "0", "9", "1e999", "null",
        "18446744073709551615",
        "../", "NaN",
    ]

    /// `bytes` after one to four changes.
    public mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) { change(&bytes) }
        return bytes
    }

    /// One file of `files`, damaged; in one case of 64 one is missing instead.
    public mutating func mutated(_ files: [String: [UInt8]]) -> [String: [UInt8]] {
        guard let name = files.keys.sorted().randomElement(using: &generator), let bytes = files[name] else {
            return files
        }
        var files = files
        files[name] = UInt64.random(in: 0..<64, using: &generator) == 0 ? nil : mutated(bytes)
        return files
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else {
            bytes.append(UInt8.random(in: 0...255, using: &generator))
            return
        }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(bytes.count, place + Int.random(in: 1...16, using: &generator))
        switch Int.random(in: 0..<9, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: overwrite(&bytes, place, with: LittleEndian.bytes(edge()))
        case 3: overwrite(&bytes, place, with: LittleEndian.bytes(UInt32(truncatingIfNeeded: edge())))
        case 4: bytes.removeSubrange(place..<end)
        case 5:
            bytes.insert(
                contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
        case 6: bytes.removeSubrange(place...)
        case 7: bytes.insert(contentsOf: Array(word().utf8), at: place)
        default: overwrite(&bytes, place, with: Array(word().utf8))
        }
    }

    private mutating func edge() -> UInt64 { Self.edges.randomElement(using: &generator) ?? 0 }

    private mutating func word() -> String { Self.words.randomElement(using: &generator) ?? "" }

    private func overwrite(_ bytes: inout [UInt8], _ place: Int, with new: [UInt8]) {
        for (index, byte) in new.enumerated() where place + index < bytes.count {
            bytes[place + index] = byte
        }
    }
}
