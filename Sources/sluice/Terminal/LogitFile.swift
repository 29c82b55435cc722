import Kernels

/// Logits as little-endian Float32, row after row.
final class LogitFile: Sendable {
    private let file: OutputFile

    /// - Throws: what ``OutputFile`` throws.
    init(_ path: String, besides inputs: [String]) throws {
        file = try OutputFile(path, besides: inputs)
    }

    /// The run has ended: one that computed no logits leaves an empty file.
    func finish() throws { try file.write([]) }

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
