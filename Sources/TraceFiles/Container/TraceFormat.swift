/// The constants of the container; the article "Container" gives the format byte by byte.
public enum TraceFormat {
    /// What names of trace files end in.
    public static let suffix = ".sltrace"

    /// The first bytes. The first is no text, and the line endings show a copy that was made as text.
    package static let magic: [UInt8] = [0x89, 0x53, 0x4C, 0x54, 0x52, 0x41, 0x0D, 0x0A]

    /// The version that is written, and the only one that is read.
    package static let version: UInt32 = 1

    /// Magic, version, size and checksum of the description, and the header's own checksum.
    package static let headerBytes = 24

    /// Rows, sizes and checksums in front of each block.
    package static let blockHeaderBytes = 20

    /// What stands for a token whose id nobody knew. No vocabulary is that large.
    static let unknownToken: UInt32 = .max

    /// The expert index at which ``RoutingTrace/noExpert`` would be ambiguous.
    static let maximumExperts = 65_535

    /// DeepSeek-V3 has 58 layers with experts; 2^20 numbers of experts are what `Residency` allows. The
    /// model's own numbers of its layers are below this too.
    static let maximumLayers = 65_536

    /// A tebibyte. No disk delivers one for a token, and 2^20 experts of that size still fit 63 bits.
    public static let maximumExpertBytes = 1 << 40

    /// Names, and how it was recorded: a few kilobytes; with 65,536 layers a megabyte.
    static let maximumDescriptionBytes = 16 << 20

    /// A predictor at a distance. Nobody looks further ahead than a model has layers.
    static let maximumCandidateColumns = 1024

    /// Notes of how it was recorded: a dozen.
    static let maximumNotes = 4096

    /// A block before compression. The recorder's hold a step of at most 512 rows: 3 MB for 94 layers with 8
    /// choices each.
    static let maximumBlockBytes = 256 << 20

    /// What LZ4 can make of one byte: a length goes on by bytes of 255.
    static let maximumCompression = 255

    /// What the blocks of a file may hold before compression, for each byte of the file up to their end:
    /// traces hold 2 to 5, and a file that was made to fill memory would hold 255.
    static let contentPerFileByte = 16

    /// What blocks may hold beside that, however small their file is.
    static let freeContentBytes = 64 << 20

    /// The bytes that the blocks in front of `offset` of a file may hold together before compression.
    static func maximumContentBytes(upTo offset: Int) -> Int {
        freeContentBytes + contentPerFileByte * offset
    }

    /// Bytes of a block before compression that are aimed at: LZ4 finds little more in larger ones.
    static let aimedBlockBytes = 1 << 20
}
