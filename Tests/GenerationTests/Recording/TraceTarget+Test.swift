import Generation
import ModelFiles
import Models
import Residency
import Testing
import TraceFiles

extension TraceTarget {
    /// A file to record a model to.
    static func test(
        _ file: ModelFile, _ path: String, _ options: LanguageModel.Options
    ) throws -> TraceTarget {
        let shape = try #require(try ModelNeeds(file: file).traceShape)
        let header = TraceHeader(
            fingerprint: file.fingerprint, shape: shape, columns: options.traceColumns(of: shape))
        return TraceTarget(path: path, header: header, options: options)
    }
}

extension TraceFile {
    /// Its rows.
    var routing: RoutingTrace? { if case .routing(let trace) = contents { trace } else { nil } }
}
