import Foundation
import Kernels

/// Blocks of one format with the values they stand for, as `tools/make_format_fixtures.py` writes them.
struct FormatFixture {
    let format: WeightFormat
    let blocks: WeightBytes
    let expected: [Float]

    /// Reads the committed file of `format`.
    init(_ format: WeightFormat) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let bytes = try [UInt8](Data(contentsOf: folder.appending(path: "Fixtures/\(format.name).bin")))
        func word(_ offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
        }
        guard bytes.prefix(4).elementsEqual("SLQF".utf8), word(4) == format.rawValue,
            word(12) == format.blockBytes, word(16) == format.blockElements
        else { throw CocoaError(.fileReadCorruptFile) }
        let count = Int(word(8))
        let values = 20 + count * format.blockBytes
        self.format = format
        blocks = WeightBytes(Array(bytes[20..<values]))
        expected = (0..<count * format.blockElements).map { Float(bitPattern: word(values + 4 * $0)) }
    }
}
