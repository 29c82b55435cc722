/// Where a probe gets its devices from: files on a disk, or a test's disk on virtual time.
public protocol ProbedDisk: AnyObject {
    /// Bytes of the files by index.
    var byteCounts: [Int] { get }

    /// A device that reads the files in this way.
    ///
    /// - Throws: what the system refuses it with.
    func device(_ way: ReadWay, depth: Int) throws(ExpertStorageError) -> any ReadDevice

    /// Takes `pieces` out of the page cache.
    ///
    /// - Returns: those that have left it.
    func makeCold(_ pieces: [ExpertPiece]) -> [ExpertPiece]
}
