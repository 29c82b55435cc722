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

    /// A trace, and what its file says of it.
    struct Opened {
        let source: TraceSource
        let trace: RoutingTrace
    }

    /// Reads all, which have to be of one model.
    ///
    /// - Throws: `TraceFilesError`; `CommandFailure` for traces of several models, or one without order.
    static func read(_ paths: [String]) throws -> [Opened] {
        let opened = try paths.map(read)
        let traces = opened.map(\.trace)
        for (path, trace) in zip(paths, traces) where !trace.shape.hasSameExperts(as: traces[0].shape) {
            throw CommandFailure.failure(
                "'\(path)' is a trace of another model than '\(paths[0])'; replay them one by one")
        }
        return opened
    }

    private static func read(_ path: String) throws -> Opened {
        let source = try TraceSource(path: path)
        switch source.content {
        case .choices(let trace):
            guard !trace.rows.isEmpty else {
                throw CommandFailure.failure("'\(path)' holds no choice; there is nothing to replay")
            }
            return Opened(source: source, trace: trace)
        case .usage(_):
            throw CommandFailure.failure(
                "'\(path)' counts uses without their order; a replay needs a trace of choices")
        }
    }
}
