import Kernels

/// Logits as little-endian Float32, row after row.
final class LogitFile: Sendable {
    private let file: OutputFile

    init(_ path: String) throws { file = try OutputFile(path) }

    /// Appends all rows of `logits`. Runs on: engine thread.
    func append(_ logits: FloatMatrix) throws {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(logits.rows * logits.columns * 4)
        for row in 0..<logits.rows {
            unsafe logits.withRow(row) { values in
                for index in 0..<values.count {
                    let bits = unsafe values[index].bitPattern
                    bytes.append(UInt8(truncatingIfNeeded: bits))
                    bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
                    bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
                    bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
                }
            }
        }
        try file.write(bytes)
    }
}
