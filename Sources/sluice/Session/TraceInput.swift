import Foundation
import Residency
import TraceFiles

/// Traces that a command reads, whoever wrote them.
enum TraceInput {
    /// What messages call the trace at `path`.
    static func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    /// Equal for two paths to one file.
    static func place(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }

    /// Reads all, which have to be of one model.
    ///
    /// - Throws: `TraceFilesError`; `CommandFailure` for traces of several models, or one without order.
    static func read(_ paths: [String]) throws -> [RoutingTrace] {
        let traces = try paths.map(read)
        for (path, trace) in zip(paths, traces) where !trace.shape.hasSameExperts(as: traces[0].shape) {
            throw CommandFailure.failure(
                "'\(path)' is a trace of another model than '\(paths[0])'; replay them one by one")
        }
        return traces
    }

    private static func read(_ path: String) throws -> RoutingTrace {
        switch try TraceImport.read(path).content {
        case .choices(let trace):
            guard !trace.rows.isEmpty else {
                throw CommandFailure.failure("'\(path)' holds no choice; there is nothing to replay")
            }
            return trace
        case .usage(_):
            throw CommandFailure.failure(
                "'\(path)' counts uses without their order; a replay needs a trace of choices")
        }
    }
}
