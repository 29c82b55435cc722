import SystemPackage

/// Files on the machine's own disk, as a probe reads them.
public final class ProbedFiles: ProbedDisk {
    private let paths: [String]
    private let map: FileMap
    private let buffered: ReadFiles

    /// How long the files are, by index.
    public var byteCounts: [Int] { buffered.byteCounts }

    /// - Throws: what opening meets.
    public init(paths: [String]) throws(ExpertStorageError) {
        self.paths = paths
        buffered = try ReadFiles(paths: paths, direct: false)
        map = try FileMap(paths: paths)
    }

    public func device(_ way: ReadWay, depth: Int) throws(ExpertStorageError) -> any ReadDevice {
        switch way {
        case .mapped:
            let map = self.map
            return ThreadDevice(depth: depth) { map.touch($0) }
        case .read(let method):
            let files = method.isDirect ? try ReadFiles(paths: paths, direct: true) : buffered
            return try method.device(files, depth: depth)
        }
    }

    public func makeCold(_ pieces: [ExpertPiece]) -> [ExpertPiece] {
        pieces.filter { piece in
            map.leave(piece)
            buffered.giveUpCached(piece)
            return !map.isMostlyResident(piece)
        }
    }
}
