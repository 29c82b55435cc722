/// The symbol of each character: a page of 256 for every 256 code points that have any.
struct ScalarTable: Sendable {
    /// Page number by code point / 256; 0 is the page without symbols.
    private var pages = [UInt16](repeating: 0, count: 0x1100)
    private var symbols = [Int32](repeating: -1, count: 256)

    /// The symbol of a character; negative where it has none.
    ///
    /// - Precondition: `scalar` is at most 0x10FFFF.
    subscript(scalar: UInt32) -> Int32 {
        get { symbols[Int(pages[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)] }
        set {
            let block = Int(scalar >> 8)
            if pages[block] == 0 {
                pages[block] = UInt16(symbols.count / 256)
                symbols.append(contentsOf: [Int32](repeating: -1, count: 256))
            }
            symbols[Int(pages[block]) << 8 | Int(scalar & 0xFF)] = newValue
        }
    }
}
