public import Residency

/// Writes a trace for other programs.
public struct TraceExport {
    /// Every format that can be written.
    public static var formats: [ForeignFormat] { TraceExporters.all.map { $0.format } }

    /// A sentence about what of a trace the format cannot hold.
    public let loss: String
    private var exporter: any TraceExporter

    /// In front of the first piece.
    ///
    /// - Parameters:
    ///   - format: a name of ``formats``.
    ///   - path: what errors name.
    /// - Throws: `unknownFormat`; `unwritableTrace` for what the format has no room for.
    public init(_ trace: RoutingTrace, format: String, path: String) throws(TraceFilesError) {
        guard let named = TraceExporters.all.first(where: { $0.format.name == format }) else {
            let names = Self.formats.map(\.name).joined(separator: ", ")
            throw TraceFilesError(
                .unknownFormat(found: "'\(format)'", advice: "give --format with one of \(names)"), path: path
            )
        }
        loss = named.loss
        exporter = try named.init(trace, path: path)
    }

    /// Rows that the pieces so far hold.
    public var rowsDone: Int { exporter.rowsDone }

    /// The next bytes of the file, some hundred kilobytes; nil behind the last.
    public mutating func next() -> [UInt8]? { exporter.next() }
}
