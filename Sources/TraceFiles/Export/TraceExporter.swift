import Residency

/// A writer of one format, piece by piece; a new one is a file in `Formats` and a line in ``TraceExporters``.
protocol TraceExporter: SendableMetatype {
    /// Its name on the command line.
    static var format: ForeignFormat { get }
    /// A sentence about what the format cannot hold.
    static var loss: String { get }

    /// In front of the first piece.
    ///
    /// - Throws: `unwritableTrace` for what the format has no room for.
    init(_ trace: RoutingTrace, path: String) throws(TraceFilesError)

    /// Rows that the pieces so far hold.
    var rowsDone: Int { get }

    /// The next bytes; nil behind the last.
    mutating func next() -> [UInt8]?
}
