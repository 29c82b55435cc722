package import Residency

/// How many bytes the columns of a block take before compression.
package struct TraceBlockLayout {
    /// Columns of a row that every trace has: sequence, position, step and token of 32 bits, and the phase.
    static let placeBytes = 17

    /// Bytes of a row.
    package let rowBytes: Int

    package init(_ shape: TraceShape, _ columns: TraceColumns) {
        let layers = shape.numbering.layerCount
        // At most 2^20 choices of a row, and 1024 columns of 2^20 candidates: far from 2^63.
        let choiceBytes = 2 + (columns.hasWeights ? 4 : 0) + (columns.hasResidency ? 1 : 0)
        let candidates = columns.candidates.reduce(0) { $0 + $1.count }
        rowBytes =
            Self.placeBytes + shape.choicesPerRow * choiceBytes
            + layers * (columns.hasBytesRead ? 8 : 0) + layers * candidates * 2
    }

    /// Rows of a block of about the size that is aimed at.
    package var aimedRows: Int { max(TraceFormat.aimedBlockBytes / rowBytes, 1) }

    /// - Throws: `limitExceeded` where a single row is more than a block may hold.
    func check(path: String) throws(TraceFilesError) {
        guard rowBytes <= TraceFormat.maximumBlockBytes else {
            throw TraceFilesError(
                .limitExceeded(
                    limit: "the bytes of a token", found: UInt64(rowBytes),
                    maximum: UInt64(TraceFormat.maximumBlockBytes)), path: path)
        }
    }
}

extension TraceShape {
    /// Bytes of the one block of a trace that only counts uses.
    var usageBytes: Int { numbering.layerCount * numbering.expertCount * 8 }
}
