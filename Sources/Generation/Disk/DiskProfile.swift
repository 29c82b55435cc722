public import ExpertStorage

/// How one disk is best read, as it was measured.
public struct DiskProfile: Sendable, Equatable {
    /// The disk.
    public var disk: DiskIdentity
    /// Method, block size and depth, with the speed that they reached.
    public var choice: ReadChoice

    public init(disk: DiskIdentity, choice: ReadChoice) {
        self.disk = disk
        self.choice = choice
    }
}
