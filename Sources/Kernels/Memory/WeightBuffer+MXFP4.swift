extension WeightBuffer {
    /// Bytes of the 4-bit codes of one MXFP4 block.
    public static let mxfp4CodeBytes = 16

    /// Writes MXFP4 blocks at `offsetBytes` from codes and scales that lie apart, as Hugging Face checkpoints
    /// hold them.
    ///
    /// Layout: source byte j holds elements 2j (low half) and 2j + 1 (high half) of a block; ours is the
    /// scale byte, then 16 bytes of which byte j holds elements j (low half) and j + 16 (high half). The
    /// values are the same.
    /// Shape: codes [blocks, 16], scales [blocks]. Source: OCP Microscaling Formats 1.0, section 5.3; ggml's
    /// block layout.
    ///
    /// - Precondition: the blocks lie inside the buffer.
    public func storeMXFP4(codes: Span<UInt8>, scales: Span<UInt8>, offsetBytes: Int) {
        let blockBytes = WeightFormat.mxfp4.blockBytes
        precondition(
            codes.count == scales.count * Self.mxfp4CodeBytes && offsetBytes >= 0
                && scales.count <= (byteCount - offsetBytes) / blockBytes,
            "\(codes.count) code bytes, \(scales.count) scales at \(offsetBytes) of \(byteCount)")
        for block in 0..<scales.count {
            let target = unsafe base + offsetBytes + block * blockBytes
            unsafe target.storeBytes(of: scales[block], as: UInt8.self)
            let first = block * Self.mxfp4CodeBytes
            for byte in 0..<Self.mxfp4CodeBytes / 2 {
                let low = codes[first + byte]
                let high = codes[first + Self.mxfp4CodeBytes / 2 + byte]
                unsafe target.storeBytes(
                    of: low & 0x0F | high << 4, toByteOffset: 1 + 2 * byte, as: UInt8.self)
                unsafe target.storeBytes(
                    of: low >> 4 | high & 0xF0, toByteOffset: 2 + 2 * byte, as: UInt8.self)
            }
        }
    }
}
