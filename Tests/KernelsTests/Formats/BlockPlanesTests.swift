import Foundation
import Kernels
import TestSupport
import Testing

@Suite("Blocks in two parts")
struct BlockPlanesTests {
    /// What a block is besides the codes whose low halves are the rest.
    struct Shape: Sendable, CustomTestStringConvertible {
        let format: WeightFormat
        /// Where the codes lie.
        let codes: Range<Int>
        /// Bits that the prefix lacks.
        let missingBits: Int
        /// Bits per weight of the prefix.
        let prefixBits: Double

        var testDescription: String { format.name }
    }

    /// By the layouts in `blocks.h`.
    static let shapes = [
        Shape(format: .q4_0, codes: 2..<18, missingBits: 2, prefixBits: 2.5),
        Shape(format: .q4_1, codes: 4..<20, missingBits: 2, prefixBits: 3),
        Shape(format: .q5_0, codes: 6..<22, missingBits: 2, prefixBits: 3.5),
        Shape(format: .q5_1, codes: 8..<24, missingBits: 2, prefixBits: 4),
        Shape(format: .q8_0, codes: 2..<34, missingBits: 4, prefixBits: 4.5),
        Shape(format: .q4_K, codes: 16..<144, missingBits: 2, prefixBits: 2.5),
        Shape(format: .q5_K, codes: 48..<176, missingBits: 2, prefixBits: 3.5),
        Shape(format: .q6_K, codes: 0..<128, missingBits: 2, prefixBits: 4.5625),
    ]

    @Test("exist for formats whose prefix has at least 2.5 bits per weight, and for no others")
    func formats() throws {
        for format in WeightFormat.allCases {
            let planes = BlockPlanes(format)
            let shape = Self.shapes.first { $0.format == format }
            #expect((planes == nil) == (shape == nil), "\(format.name)")
            guard let planes, let shape else { continue }
            let bits = Double(8 * planes.prefixBytes) / Double(format.blockElements)
            #expect(bits == shape.prefixBits && planes.format == format)
            #expect(planes.prefixBytes + planes.restBytes == format.blockBytes)
        }
    }

    @Test("lie as documented, and join to the bits that were split", arguments: shapes)
    func roundTrip(shape: Shape) throws {
        let planes = try #require(BlockPlanes(shape.format))
        var generator = SeededGenerator.fromEnvironment(fallback: 31)
        for blocks in try Self.blocks(shape.format, &generator) {
            let parts = Self.split(blocks, planes)
            let expected = Self.expectedParts(blocks, shape, planes)
            #expect(parts.prefix == expected.prefix && parts.rest == expected.rest, "\(generator.seed)")
            #expect(Self.join(parts.prefix, parts.rest, planes) == blocks, "\(generator.seed)")
        }
    }

    @Test(
        "a prefix alone has every code at most half of what misses away, and right on average",
        arguments: shapes)
    func expanded(shape: Shape) throws {
        let planes = try #require(BlockPlanes(shape.format))
        var generator = SeededGenerator.fromEnvironment(fallback: 32)
        let steps = 1 << shape.missingBits
        for blocks in try Self.blocks(shape.format, &generator) {
            let parts = Self.split(blocks, planes)
            let expanded = Self.expand(parts.prefix, planes)
            // What the prefix holds stays, so the same prefix comes out again.
            #expect(Self.split(expanded, planes).prefix == parts.prefix)
            let original = Self.missingFields(blocks, shape)
            let filled = Self.missingFields(expanded, shape)
            #expect(zip(original, filled).allSatisfy { abs($0 - $1) <= steps / 2 }, "\(generator.seed)")
            // The mean of all values that the missing bits can have.
            let perBlock = shape.format.blockElements
            for start in stride(from: 0, to: filled.count, by: perBlock) {
                let sum = filled[start..<start + perBlock].reduce(0, +)
                #expect(2 * sum == perBlock * (steps - 1))
            }
        }
    }
}

extension BlockPlanesTests {
    @Test("a prefix alone gives the blocks that the quality was measured with", arguments: shapes)
    func measuredBlocks(shape: Shape) throws {
        let planes = try #require(BlockPlanes(shape.format))
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let expected = try [UInt8](
            Data(contentsOf: folder.appending(path: "Fixtures/Expanded/\(shape.format.name).bin")))
        let blocks = try FormatFixture(shape.format).blocks.bytes
        #expect(Self.expand(Self.split(blocks, planes).prefix, planes) == expected)
    }
}

// MARK: - What is expected

extension BlockPlanesTests {
    /// Adversarial blocks, every byte in turn, and random ones.
    private static func blocks(
        _ format: WeightFormat, _ generator: inout SeededGenerator
    ) throws -> [[UInt8]] {
        let size = format.blockBytes
        var sets = try [FormatFixture(format).blocks.bytes]
        for fill in 0...255 { sets.append([UInt8](repeating: UInt8(fill), count: size)) }
        for count in [1, 2, 3, 7, 64] {
            sets.append((0..<count * size).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
        return sets
    }

    /// Prefixes and rests by the formulas of `sluice_planes.h`, byte by byte.
    private static func expectedParts(
        _ blocks: [UInt8], _ shape: Shape, _ planes: BlockPlanes
    ) -> (prefix: [UInt8], rest: [UInt8]) {
        let size = shape.format.blockBytes
        let half = shape.codes.count / 2
        var (prefix, rest): ([UInt8], [UInt8]) = ([], [])
        for start in stride(from: 0, to: blocks.count, by: size) {
            let block = Array(blocks[start..<start + size])
            let codes = Array(block[shape.codes])
            prefix += block[..<shape.codes.lowerBound] + block[shape.codes.upperBound...]
            for index in 0..<half {
                let (first, second) = (codes[index], codes[index + half])
                if shape.format == .q8_0 {
                    prefix.append(first & 0xF0 | second >> 4)
                    rest.append(first << 4 | second & 0x0F)
                } else {
                    prefix.append(first & 0xCC | (second & 0xCC) >> 2)
                    rest.append((first & 0x33) << 2 | second & 0x33)
                }
            }
        }
        return (prefix, rest)
    }

    /// The bits that the prefix lacks, code by code.
    private static func missingFields(_ blocks: [UInt8], _ shape: Shape) -> [Int] {
        let size = shape.format.blockBytes
        return stride(from: 0, to: blocks.count, by: size).flatMap { start in
            blocks[start..<start + size].dropFirst(shape.codes.lowerBound).prefix(shape.codes.count)
                .flatMap { byte in
                    shape.format == .q8_0 ? [Int(byte & 15)] : [Int(byte & 3), Int(byte >> 4 & 3)]
                }
        }
    }
}

// MARK: - Calls

extension BlockPlanesTests {
    private static func split(_ blocks: [UInt8], _ planes: BlockPlanes) -> (prefix: [UInt8], rest: [UInt8]) {
        let count = blocks.count / planes.format.blockBytes
        var prefix = [UInt8](repeating: 0, count: count * planes.prefixBytes)
        var rest = [UInt8](repeating: 0, count: count * planes.restBytes)
        unsafe blocks.withUnsafeBytes { blocks in
            unsafe prefix.withUnsafeMutableBytes { prefix in
                unsafe rest.withUnsafeMutableBytes { rest in
                    guard let blocks = blocks.baseAddress, let prefix = prefix.baseAddress,
                        let rest = rest.baseAddress
                    else { return }
                    unsafe planes.split(blocks, prefix: prefix, rest: rest, count: count)
                }
            }
        }
        return (prefix, rest)
    }

    private static func join(_ prefix: [UInt8], _ rest: [UInt8], _ planes: BlockPlanes) -> [UInt8] {
        let count = prefix.count / planes.prefixBytes
        var blocks = [UInt8](repeating: 0, count: count * planes.format.blockBytes)
        unsafe blocks.withUnsafeMutableBytes { blocks in
            unsafe prefix.withUnsafeBytes { prefix in
                unsafe rest.withUnsafeBytes { rest in
                    guard let blocks = blocks.baseAddress, let prefix = prefix.baseAddress,
                        let rest = rest.baseAddress
                    else { return }
                    unsafe planes.join(prefix: prefix, rest: rest, into: blocks, count: count)
                }
            }
        }
        return blocks
    }

    private static func expand(_ prefix: [UInt8], _ planes: BlockPlanes) -> [UInt8] {
        let count = prefix.count / planes.prefixBytes
        var blocks = [UInt8](repeating: 0, count: count * planes.format.blockBytes)
        unsafe blocks.withUnsafeMutableBytes { blocks in
            unsafe prefix.withUnsafeBytes { prefix in
                guard let blocks = blocks.baseAddress, let prefix = prefix.baseAddress else { return }
                unsafe planes.expand(prefix, into: blocks, count: count)
            }
        }
        return blocks
    }
}
