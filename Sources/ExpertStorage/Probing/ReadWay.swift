/// A way of bringing bytes from a disk into memory, among those that can be measured.
public enum ReadWay: Sendable, Hashable {
    /// A way in which experts are read.
    case read(ReadMethod)
    /// Touching a page of a mapped file after the other, for comparison.
    case mapped

    /// All ways, direct ones first.
    public static let all = ReadMethod.allCases.map(ReadWay.read) + [.mapped]

    /// Its name in tables and files.
    public var name: String {
        switch self {
        case .read(let method): method.rawValue
        case .mapped: "mmap"
        }
    }

    /// Whether what it reads stays in the page cache.
    var fillsPageCache: Bool {
        switch self {
        case .read(let method): !method.isDirect
        case .mapped: true
        }
    }
}

/// A way of reading with the two numbers that it takes.
public struct ReadSetting: Sendable, Hashable {
    /// How bytes come.
    public var way: ReadWay
    /// Bytes of one read.
    public var blockBytes: Int
    /// Reads under way at once.
    public var depth: Int

    public init(_ way: ReadWay, blockBytes: Int, depth: Int) {
        self.way = way
        self.blockBytes = blockBytes
        self.depth = depth
    }

    /// Bytes under way at once.
    var bytesUnderWay: Int { blockBytes * depth }
}
