/// A number in a block that its weights depend on: a scale, a minimum, or in float formats the weight itself.
struct ScaleField {
    /// Bytes from the start of the block.
    let offset: Int
    /// Bytes of the number: 1, 2 or 4, little-endian.
    let width: Int
    /// The bits of the exponent; all of them set say infinity or NaN.
    let exponentMask: UInt32

    private static func half(_ offset: Int) -> ScaleField {
        ScaleField(offset: offset, width: 2, exponentMask: 0x7C00)
    }

    /// The fields of `format`.
    ///
    /// Source: ggml's block structs. MXFP4's is a power of two, of which the OCP Microscaling Formats
    /// Specification 1.0 reserves 255 for NaN.
    static func fields(of format: WeightFormat) -> [ScaleField] {
        switch format {
        case .float32: [ScaleField(offset: 0, width: 4, exponentMask: 0x7F80_0000)]
        case .float16: [half(0)]
        case .bfloat16: [ScaleField(offset: 0, width: 2, exponentMask: 0x7F80)]
        case .q4_0, .q5_0, .q8_0, .iq4_NL, .iq4_XS: [half(0)]
        case .q4_1, .q5_1, .q4_K, .q5_K: [half(0), half(2)]
        case .q2_K: [half(80), half(82)]
        case .q3_K: [half(108)]
        case .q6_K: [half(208)]
        case .mxfp4: [ScaleField(offset: 0, width: 1, exponentMask: 0xFF)]
        }
    }

    /// The first of `count` blocks of `blockBytes` from `base` in which the field is no finite number.
    func firstDamage(_ base: UnsafeRawPointer, count: Int, blockBytes: Int) -> Int? {
        switch width {
        case 1: unsafe firstDamage(UInt8.self, base, count: count, blockBytes: blockBytes)
        case 2: unsafe firstDamage(UInt16.self, base, count: count, blockBytes: blockBytes)
        default: unsafe firstDamage(UInt32.self, base, count: count, blockBytes: blockBytes)
        }
    }

    private func firstDamage<Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _: Bits.Type, _ base: UnsafeRawPointer, count: Int, blockBytes: Int
    ) -> Int? {
        let mask = Bits(exponentMask)
        let first = unsafe base + offset
        for block in 0..<count {
            let bits = unsafe first.loadUnaligned(fromByteOffset: block * blockBytes, as: Bits.self)
            if Bits(littleEndian: bits) & mask == mask { return block }
        }
        return nil
    }
}

/// Where a matrix holds a scale that is infinite or no number.
public struct DamagedScale: Sendable, Equatable {
    /// Index in the matrix.
    public let row: Int
    /// Index of the block in its row.
    public let block: Int
    /// Bytes from the matrix's first byte to the scale, for rows without padding.
    public let offset: Int

    /// The scale at `offset`, which lies in `block` of `row`.
    public init(row: Int, block: Int, offset: Int) {
        self.row = row
        self.block = block
        self.offset = offset
    }
}

extension WeightMatrix {
    /// The first scale, by its offset, that is no finite number; nil where there is none.
    ///
    /// With such a scale every product with its row is no number either. For files of unknown origin; a step
    /// does not look.
    ///
    /// Cost: reads all bytes once; allocates: once. Runs on: any thread.
    public func firstDamagedScale() -> DamagedScale? {
        let fields = ScaleField.fields(of: format)
        let blocks = columns / format.blockElements
        for row in 0..<rows {
            let start = unsafe base + row * rowStrideBytes
            let found = fields.compactMap { field in
                unsafe field.firstDamage(start, count: blocks, blockBytes: format.blockBytes).map {
                    DamagedScale(
                        row: row, block: $0,
                        offset: row * rowBytes + $0 * format.blockBytes + field.offset)
                }
            }
            if let first = found.min(by: { $0.offset < $1.offset }) { return first }
        }
        return nil
    }
}
