import Residency
import TraceFiles

/// What can be said of a file of traces.
struct TraceInfo {
    let source: TraceSource
    let shape: TraceShape
    /// By layer.
    let popularity: [ExpertPopularity]
    /// Nil where the file only counts uses.
    let statistics: TraceStatistics?

    /// - Throws: `TraceFilesError`.
    init(path: String) throws {
        source = try TraceSource(path: path)
        switch source.content {
        case .choices(let trace):
            let statistics = TraceStatistics(trace)
            shape = trace.shape
            popularity = statistics.popularity
            self.statistics = statistics
        case .usage(let usage):
            shape = usage.shape
            popularity = (0..<shape.numbering.layerCount).map { layer in
                ExpertPopularity(
                    uses: (0..<usage.shape.numbering.expertCount).map {
                        Int(clamping: usage[layer: layer, expert: $0])
                    })
            }
            statistics = nil
        }
    }
}
