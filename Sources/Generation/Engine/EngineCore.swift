import Kernels
package import ModelFiles
package import Models
package import Residency
package import Tokenization
import TraceFiles

/// The model with the state of its one sequence. Runs on: engine thread.
package final class EngineCore {
    /// The loaded model.
    package let model: LanguageModel
    let tokenizer: Tokenizer?
    private let batch: Batch
    private let state: SequenceState
    /// The tokens that the state holds.
    private var history: [TokenID] = []
    /// Nil where the memory is the run's to keep.
    private var memoryWatch: MemoryWatch?
    /// Nil where nothing is recorded.
    private let recorder: TraceRecorder?

    /// Loads the model in `file` with room for one sequence.
    ///
    /// - Parameter trace: where its routing is recorded to; nil for nowhere.
    package init(
        file: ModelFile, tokenizer: Tokenizer?, options: LanguageModel.Options, trace: TraceTarget? = nil
    ) throws {
        var options = options
        options.recordsSteps = trace != nil
        recorder = try trace.map { (target) throws(TraceFilesError) in try TraceRecorder(target) }
        model = try LanguageModel(file: file, options: options)
        self.tokenizer = tokenizer
        batch = Batch(capacity: options.maximumRows)
        state = model.makeSequence(capacity: options.contextCapacity)
        history.reserveCapacity(options.contextCapacity)
        if options.streaming?.isElastic ?? false { memoryWatch = MemoryWatch() }
    }

    /// Between two steps: gives memory to others that need it.
    func watchMemory() { memoryWatch?.look(model) }

    var contextCapacity: Int { state.capacity }
    var vocabularySize: Int { model.shape.vocabularySize }
    var maximumRows: Int { model.options.maximumRows }
    /// Positions computed so far.
    package var length: Int { state.length }

    /// Goes back to what `prompt` has in common with the history, but leaves at least its last token to
    /// compute.
    ///
    /// - Returns: positions that stay.
    func rewind(to prompt: [TokenID], forgetting: Bool) -> Int {
        var common = 0
        let limit = forgetting ? 0 : min(history.count, prompt.count - 1)
        while common < limit && history[common] == prompt[common] { common += 1 }
        if state.changesRotary(atLength: prompt.count) || !state.truncate(to: common) {
            state.reset(expectedLength: prompt.count)
            common = 0
        }
        history.removeLast(history.count - common)
        return common
    }

    /// Computes `tokens`, a chunk of a prompt, as the next positions.
    ///
    /// - Parameters:
    ///   - phase: what traces call the step.
    ///   - layerDone: is told the number of every layer that was computed.
    /// - Returns: false where `cancellation` stopped it. The sequence then is as it was, or empty where a
    ///   recurrent layer has no way back.
    package func forward(
        _ tokens: ArraySlice<TokenID>, phase: TraceRow.Phase = .prefill,
        unless cancellation: CancellationFlag, layerDone: (Int) -> Void = { _ in }
    ) throws -> Bool {
        guard try restartIfRotaryChanges(adding: tokens.count, unless: cancellation) else { return false }
        history.append(contentsOf: tokens)
        return try computeLast(tokens.count, phase: phase, unless: cancellation, layerDone: layerDone)
    }

    /// Computes `token` as the next position.
    ///
    /// Allocates: none, except where the sequence outgrows the original context of a LongRoPE model.
    ///
    /// - Returns: false where `cancellation` stopped it, with what `forward(_:phase:unless:)` says.
    package func forward(_ token: TokenID, unless cancellation: CancellationFlag) throws -> Bool {
        guard try restartIfRotaryChanges(adding: 1, unless: cancellation) else { return false }
        history.append(token)
        return try computeLast(1, phase: .decode, unless: cancellation)
    }

    /// Computes the last `count` tokens of the history.
    ///
    /// - Returns: false where `cancellation` stopped it; the tokens then are not in the history.
    /// - Throws: for experts that cannot be read; the same holds.
    private func computeLast(
        _ count: Int, phase: TraceRow.Phase, unless cancellation: CancellationFlag,
        layerDone: (Int) -> Void = { _ in }
    ) throws -> Bool {
        batch.reset()
        batch.append(history[(history.count - count)...], to: state)
        var isDone = false
        defer {
            if !isDone {
                history.removeLast(count)
                if state.isRecurrent { reset(expectedLength: 0) }
            }
        }
        isDone = try compute(phase) {
            try model.forward(batch, unless: { cancellation.isCancelled }, layerDone: layerDone)
        }
        return isDone
    }

    /// Runs a step, and records it if it came to its end.
    private func compute(_ phase: TraceRow.Phase, _ step: () throws -> Bool) throws -> Bool {
        guard let recorder, let record = model.stepRecord else { return try step() }
        recorder.begin(record, startsText: state.length == 0, phase: phase)
        let isDone = try step()
        if isDone { recorder.commit(record) }
        return isDone
    }

    /// A request has ended: what was recorded of it goes to the file.
    func flushTrace() { recorder?.flush() }

    /// Closes the file that was recorded to.
    ///
    /// - Throws: `TraceFilesError` where it could not be written as a whole.
    package func finishTrace() throws -> TraceSummary? { try recorder?.finish() }

    /// Computes everything anew with the other rotary frequencies where `count` more positions call for them.
    ///
    /// - Returns: false where `cancellation` stopped it; the sequence then is shorter than it was.
    private func restartIfRotaryChanges(
        adding count: Int, unless cancellation: CancellationFlag
    ) throws -> Bool {
        let length = state.length + count
        guard state.length > 0, state.changesRotary(atLength: length) else { return true }
        let known = history
        reset(expectedLength: length)
        for start in stride(from: 0, to: known.count, by: maximumRows) {
            let chunk = known[start..<min(start + maximumRows, known.count)]
            history.append(contentsOf: chunk)
            let isDone = try computeLast(chunk.count, phase: .prefill, unless: cancellation)
            guard isDone else { return false }
        }
        return true
    }

    /// Starts an empty sequence that is to have `expectedLength` positions.
    func reset(expectedLength: Int) {
        state.reset(expectedLength: expectedLength)
        history.removeAll(keepingCapacity: true)
    }

    /// Checks that `tokens` can be looked up in the embedding.
    func validate(_ tokens: [TokenID]) throws {
        for (index, token) in tokens.enumerated() where token.rawValue < 0 || token.rawValue >= vocabularySize
        {
            throw GenerationError(
                .tokenOutOfRange(token: Int(token.rawValue), index: index, vocabularySize: vocabularySize))
        }
    }
}
