import ExpertStorage
import Generation

/// Settings of reads as a bench names them: `direct-uring:1M:4,direct-threads:1M:4`.
enum ReadSettings {
    /// Beyond it, a mistyped number.
    private static let maximumDepth = 256
    private static let maximumBlockBytes = 64 << 20

    /// - Returns: nil where one of them is none.
    static func parse(_ text: String) -> [ReadSetting]? {
        let settings = text.split(separator: ",").map(setting)
        return settings.isEmpty || settings.contains(nil) ? nil : settings.compactMap(\.self)
    }

    private static func setting(_ text: Substring) -> ReadSetting? {
        let fields = text.split(separator: ":").map(String.init)
        guard fields.count == 3, let way = ReadWay.all.first(where: { $0.name == fields[0] }),
            let bytes = ByteSize.parse(fields[1]), bytes <= maximumBlockBytes,
            bytes % ReadFiles.alignmentBytes == 0,
            let depth = Int(fields[2]), (1...maximumDepth).contains(depth)
        else { return nil }
        return ReadSetting(way, blockBytes: bytes, depth: depth)
    }
}
