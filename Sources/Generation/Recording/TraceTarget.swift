public import Models
import Residency
public import TraceFiles

/// Where a run's routing is recorded to, and what its file says of the run.
public struct TraceTarget: Sendable {
    /// The file to create, or to replace.
    public let path: String
    /// What stands in front of the rows.
    public let header: TraceHeader
    /// Rows of the largest step.
    let maximumRows: Int

    /// - Parameter header: with the columns that `options` give.
    public init(path: String, header: TraceHeader, options: LanguageModel.Options) {
        self.path = path
        self.header = header
        maximumRows = options.maximumRows
    }

    /// Rows of a block: enough for the largest step, so that no step is torn.
    var blockRows: Int { Self.blockRows(header.shape, header.columns, maximumRows: maximumRows) }

    private static func blockRows(_ shape: TraceShape, _ columns: TraceColumns, maximumRows: Int) -> Int {
        max(TraceBlockLayout(shape, columns).aimedRows, maximumRows)
    }

    /// Memory that recording takes: the block that is filled or written, its columns before and behind
    /// compression, and the step at hand.
    static func byteCount(_ shape: TraceShape, options: LanguageModel.Options) -> Int {
        let columns = options.traceColumns(of: shape)
        let rows = blockRows(shape, columns, maximumRows: options.maximumRows)
        let buffers = 3 * rows + options.maximumRows
        return buffers * (TraceBlockLayout(shape, columns).rowBytes + MemoryLayout<TraceRow>.stride)
    }
}

/// What was recorded.
public struct TraceSummary: Sendable, Equatable {
    /// The file.
    public var path: String
    /// Rows that were recorded.
    public var tokens = 0
    /// Forward steps that they were computed in.
    public var steps = 0
    /// Texts that they belong to.
    public var sequences = 0
    /// Experts that they chose, in all layers together.
    public var choices = 0
    /// Bytes of the file.
    public var byteCount = 0

    /// Bytes of the file for each choice; nil where there is none.
    public var bytesPerChoice: Double? { choices > 0 ? Double(byteCount) / Double(choices) : nil }
}
