public import Kernels

extension ModelFile {
    /// A small tensor (a norm, a bias) decoded to Float32, all dimensions in one row.
    ///
    /// Shape: result [product of all dimensions], Float32. Exact: every F16 and BF16 value is a Float32
    /// value. Allocates: once, the result. Runs on: any thread.
    ///
    /// - Throws: `wrongFormat` where the format is not F32, F16 or BF16, `scatteredBytes` where the tensor
    ///   does not lie together.
    /// - Precondition: `record` is one of this file's.
    public func vector(_ record: TensorRecord) throws(ModelFileError) -> FloatBuffer {
        try check(record.byteRange, of: record.name, part: record.part)
        let file = bytes(of: record.part)
        let count = record.elementCount
        var values: [Float] = []
        values.reserveCapacity(count)
        switch record.format {
        case .float32:
            for index in 0..<count {
                values.append(Float(bitPattern: file.load(UInt32.self, at: record.offset + 4 * index)))
            }
        case .float16:
            for index in 0..<count {
                values.append(Self.float32(half: file.load(UInt16.self, at: record.offset + 2 * index)))
            }
        case .bfloat16:
            for index in 0..<count {
                // BF16 is the upper half of a Float32.
                let bits = UInt32(file.load(UInt16.self, at: record.offset + 2 * index)) << 16
                values.append(Float(bitPattern: bits))
            }
        default:
            let code = ModelFileError.Code.wrongFormat(
                tensor: record.name, found: record.format.name, expected: "F32, F16 or BF16")
            throw ModelFileError(code, path: parts[record.part], offset: record.offset)
        }
        return FloatBuffer(values)
    }

    /// The value of an IEEE 754 half; by arithmetic, because Swift's `Float16` does not exist on x86 Macs.
    static func float32(half: UInt16) -> Float {
        let sign = UInt32(half & 0x8000) << 16
        let exponent = UInt32(half >> 10 & 0x1F)
        let fraction = UInt32(half & 0x3FF)
        switch exponent {
        case 0:
            // Zero and subnormals: the fraction counts units of 2^-24.
            let magnitude = Float(fraction) * 0x1p-24
            return Float(bitPattern: sign | magnitude.bitPattern)
        case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
