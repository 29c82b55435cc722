import Kernels
import TestSupport

/// Bytes of weights, at an address of which nothing is known but
/// that it is odd: files promise no alignment either.
@safe final class WeightBytes: @unchecked Sendable {
    // Unchecked: nothing writes after `init`.
    let count: Int
    private let memory: UnsafeMutableRawPointer

    init(_ bytes: [UInt8]) {
        count = bytes.count
        unsafe memory = .allocate(byteCount: bytes.count + 1, alignment: 64)
        TestMemory.keep(self)
        for (index, byte) in bytes.enumerated() {
            unsafe memory.storeBytes(of: byte, toByteOffset: index + 1, as: UInt8.self)
        }
    }

    deinit { unsafe memory.deallocate() }

    var bytes: [UInt8] {
        (0..<count).map { unsafe memory.load(fromByteOffset: $0 + 1, as: UInt8.self) }
    }

    /// All bytes as rows of `columns` elements.
    func matrix(_ format: WeightFormat, rows: Int, columns: Int) -> WeightMatrix {
        precondition(format.rowBytes(columns: columns).map { $0 * rows <= count } ?? false)
        return unsafe WeightMatrix(base: memory + 1, format: format, rows: rows, columns: columns)
    }
}

extension WeightBytes {
    /// Random blocks of `format` whose values are of moderate size.
    static func random(_ format: WeightFormat, elements: Int, using generator: inout SeededGenerator)
        -> WeightBytes
    {
        let blockCount = elements / format.blockElements
        var bytes: [UInt8] = []
        for _ in 0..<blockCount {
            var block = (0..<format.blockBytes).map { _ in UInt8.random(in: 0...255, using: &generator) }
            switch format {
            case .float32:
                let bits = generator.float(in: -1..<1).bitPattern
                block = (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
            case .bfloat16:
                let bits = generator.float(in: -1..<1).bitPattern >> 16
                block = [UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)]
            case .float16: block[1] = block[1] & 0x80 | 0x34 | block[1] & 3
            case .mxfp4: block[0] = 118 + block[0] % 8
            default:
                // An IEEE half of about 0.02 in every scale field.
                for offset in format.scaleOffsets {
                    (block[offset], block[offset + 1]) = (block[offset], 0x24)
                }
            }
            bytes += block
        }
        return WeightBytes(bytes)
    }
}

extension WeightFormat {
    /// Where the halves of a block lie.
    var scaleOffsets: [Int] {
        switch self {
        case .q4_0, .q5_0, .q8_0, .iq4_NL, .iq4_XS: [0]
        case .q4_1, .q5_1, .q4_K, .q5_K: [0, 2]
        case .q2_K: [80, 82]
        case .q3_K: [108]
        case .q6_K: [208]
        case .float32, .float16, .bfloat16, .mxfp4: []
        }
    }
}
