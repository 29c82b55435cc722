import Foundation
import Generation
import Residency
import TraceFiles

/// Traces that a command reads, whoever wrote them.
enum TraceInput {
    /// What messages call the trace at `path`.
    static func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    /// Whether two traces are of the same tokens as far as a replay can tell, whatever file or format they
    /// came from, or one goes on where the other ends.
    static func haveSameChoices(_ one: RoutingTrace, _ other: RoutingTrace) -> Bool {
        guard one.shape.hasSameExperts(as: other.shape) else { return false }
        return one.withChoices { ones in
            other.withChoices { others in
                (0..<min(ones.count, others.count)).allSatisfy { ones[$0] == others[$0] }
            }
        }
    }

    /// What `--expert-bytes` says.
    ///
    /// - Throws: `CommandFailure` for what is no size, or not of an expert.
    static func expertBytes(_ size: String) throws -> Int {
        guard let bytes = ByteSize.parse(size) else {
            throw CommandFailure.usage("--expert-bytes is '\(size)'; expected a size such as 5.2M")
        }
        guard bytes <= TraceFormat.maximumExpertBytes else {
            throw CommandFailure.usage(
                "--expert-bytes is '\(size)'; expected at most \(TraceFormat.maximumExpertBytes) bytes, "
                    + "of one expert")
        }
        return bytes
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

    /// Reads all, which have to be of one model, and says on standard error what is missing in them or was
    /// taken for granted.
    ///
    /// - Throws: `TraceFilesError`; `CommandFailure` for traces of several models, or one without order.
    static func read(_ paths: [String]) throws -> [Opened] {
        let opened = try paths.map(read)
        let traces = opened.map(\.trace)
        for (path, trace) in zip(paths, traces) where !trace.shape.hasSameExperts(as: traces[0].shape) {
            throw CommandFailure.failure(
                "'\(path)' is a trace of another model than '\(paths[0])'; replay them one by one")
        }
        noteOtherModel(in: opened, than: opened)
        return opened
    }

    /// Says where traces of the same sizes are of different models, or of one in different formats.
    static func noteOtherModel(in traces: [Opened], than others: [Opened]) {
        guard let known = others.first(where: { $0.source.fingerprint != nil })?.source else { return }
        for source in traces.map(\.source) where source.fingerprint ?? known.fingerprint != known.fingerprint
        {
            StandardError.write(
                "note: '\(source.name)' was recorded with another model than '\(known.name)', or with the "
                    + "same in another format\n")
        }
    }

    private static func read(_ path: String) throws -> Opened {
        let source = try TraceSource(path: path)
        for note in source.notes { StandardError.write("note: '\(source.name)': \(note)\n") }
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
