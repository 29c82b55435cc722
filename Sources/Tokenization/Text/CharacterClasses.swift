/// Looks up the class of a character: two array reads.
struct CharacterClasses: Sendable {
    /// Block number of each 256 code points.
    private let blocks: [UInt16]
    /// The distinct blocks, 256 classes each.
    private let classes: [UInt8]

    /// The table for `UnicodeClassTable`, built at first use.
    static let unicode = CharacterClasses(runs: UnicodeClassTable.runs)

    init(runs: [UInt32]) {
        var all = [UInt8](repeating: 0, count: 0x110000)
        for (index, run) in runs.enumerated() {
            let start = Int(run >> 8)
            let end = index + 1 < runs.count ? Int(runs[index + 1] >> 8) : all.count
            for codePoint in start..<end { all[codePoint] = UInt8(run & 0xFF) }
        }
        var numbers: [ArraySlice<UInt8>: UInt16] = [:]
        var blocks: [UInt16] = []
        var classes: [UInt8] = []
        for start in stride(from: 0, to: all.count, by: 256) {
            let block = all[start..<start + 256]
            if let number = numbers[block] {
                blocks.append(number)
            } else {
                let number = UInt16(numbers.count)
                numbers[block] = number
                blocks.append(number)
                classes.append(contentsOf: block)
            }
        }
        self.blocks = blocks
        self.classes = classes
    }

    /// - Precondition: `scalar` is at most 0x10FFFF.
    func rawClass(of scalar: UInt32) -> UInt8 {
        classes[Int(blocks[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
    }

    /// - Precondition: `byte` is below 0x80.
    func rawClass(ofASCII byte: UInt8) -> UInt8 {
        // Block 0 is the first that is stored.
        classes[Int(byte)]
    }
}
