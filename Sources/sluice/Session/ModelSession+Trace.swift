import Generation
import ModelFiles
import Models
import Residency
import TraceFiles

extension ModelSession {
    /// Where the run is recorded to, with what there is to say of it; nil where it is not.
    ///
    /// - Parameter notes: what the command knows of itself.
    func traceTarget(_ notes: [TraceNote]) throws -> TraceTarget? {
        guard let path = settings.tracePath else { return nil }
        guard let shape = needs.traceShape else {
            throw CommandFailure.usage(
                "--trace \(path): the model has no experts, so there is no routing to record; leave it out")
        }
        let header = TraceHeader(
            fingerprint: file.fingerprint, modelName: String(file.path.split(separator: "/").last ?? ""),
            shape: shape, columns: options.traceColumns(of: shape), notes: notes + planNotes)
        return TraceTarget(path: path, header: header, options: options)
    }

    private var planNotes: [TraceNote] {
        var notes = [
            TraceNote("architecture", needs.shape.architecture),
            TraceNote("context", "\(options.contextCapacity)"),
            TraceNote("rows", "\(options.maximumRows)"),
            TraceNote("threads", "\(options.threadCount)"),
        ]
        if let budget = plan.budgetBytes { notes.append(TraceNote("memory_bytes", "\(budget)")) }
        guard let streaming = options.streaming else { return notes + [TraceNote("experts", "mapped")] }
        notes += [
            TraceNote("experts", "streamed"), TraceNote("policy", "\(streaming.policy)"),
            TraceNote("slots", "\(streaming.shape.slotCount)"),
            TraceNote("guess_areas", "\(streaming.guessAreas)"),
        ]
        switch streaming.shape.pools {
        case .global(_): notes.append(TraceNote("pools", "global"))
        case .perLayer(let slots):
            notes.append(TraceNote("pools", "layer"))
            notes.append(TraceNote("layer_slots", slots.map(String.init).joined(separator: ",")))
        }
        return notes
    }

    /// Runs `body`, and closes the file that is recorded to behind it, also where it throws.
    ///
    /// - Throws: what `body` throws; else `TraceFilesError` where the trace could not be written as a whole.
    func recording<Result>(
        on engine: Engine, _ body: () async throws -> Result
    ) async throws -> Result {
        let result: Result
        do {
            result = try await body()
        } catch {
            // What went wrong first is what counts; the file keeps what was recorded.
            _ = try? await engine.finishTrace()
            throw error
        }
        if let summary = try await engine.finishTrace(), !settings.isQuiet {
            StandardError.write("trace\n" + TraceText(summary).text)
        }
        return result
    }
}
