/// What carries out block reads: the only way by which expert bytes reach memory. Tests put a disk of their
/// own in its place.
///
/// Chosen once at start. One call moves hundreds of kilobytes, so its dynamic dispatch costs nothing that
/// could be measured.
/// Runs on: engine thread. Allocates: none after creation.
public protocol ReadDevice: AnyObject {
    /// Reads that may be under way at once.
    var depth: Int { get }

    /// Starts a read, perhaps only at the next `flush`.
    ///
    /// - Precondition: fewer than `depth` reads are under way.
    func submit(_ read: BlockRead)

    /// Starts what has been submitted.
    func flush()

    /// The device's clock: of the machine, or of a test's disk.
    var nowNanoseconds: Int { get }

    /// A completed read, or nil where none completes within `timeoutMicroseconds`; 0 asks without waiting.
    ///
    /// Reads complete in any order. nil also where none is under way.
    func next(timeoutMicroseconds: Int) -> BlockCompletion?
}
