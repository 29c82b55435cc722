import Foundation
import Residency
import TraceFiles

/// Traces that a command reads, whoever wrote them.
enum TraceInput {
    /// What messages call the trace at `path`.
    static func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    /// Whether two traces are of the same tokens as far as a replay can tell, whatever file or format they
    /// came from.
    static func haveSameChoices(_ one: RoutingTrace, _ other: RoutingTrace) -> Bool {
        guard one.rows.count == other.rows.count, one.shape.hasSameExperts(as: other.shape) else {
            return false
        }
        return one.withChoices { ones in
            other.withChoices { others in ones.indices.allSatisfy { ones[$0] == others[$0] } }
        }
    }

    /// The sizes of a model in words.
    static func words(_ shape: TraceShape) -> String {
        let (layers, experts) = (shape.numbering.layerCount, shape.numbering.expertCount)
        return "\(layers) \(layers == 1 ? "layer" : "layers") of \(experts) experts, "
            + "\(shape.expertsPerToken) for a token"
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
