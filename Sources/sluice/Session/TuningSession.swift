import ExpertStorage
import Foundation
import Generation
import Kernels
import ModelFiles
import Models
import Residency
import Synchronization
import Tokenization
import TraceFiles
import Tuning

/// A tuning from the opened model to the written profile.
struct TuningSession {
    private let wishes: TuneWishes
    private let output: ProfileFile
    private let model: TuningModel
    private let promptTokens: Int
    private let machineName: String
    private let start = ContinuousClock.now
    private let interrupt = CancellationFlag()

    /// Opens the model and looks at the output; nothing is loaded yet.
    init(_ wishes: TuneWishes) throws {
        self.wishes = wishes
        output = try ProfileFile(wishes.output, overwrites: wishes.overwrites)
        let path = try wishes.modelPath ?? BundledModel.path()
        let file = try BusErrors.openModel(path)
        try OutputFile.check(
            wishes.output,
            isNoneOf: file.inputPaths + [wishes.tracePath, wishes.machinePath].compactMap(\.self))
        let needs = try ModelNeeds(file: file)
        guard needs.extents != nil else { throw TuningBenchError.notStreamable(path: path) }
        let context =
            wishes.contextSize ?? min(max(needs.shape.contextLength, 1), ModelSession.defaultContext)
        let tokenizer = try Tokenizer.load(from: file, forcing: nil)
        promptTokens = try TuningModel.prompt(tokenizer, context: context).count
        let options = LanguageModel.Options(
            threadCount: wishes.threads,
            maximumRows: ModelSession.rows(ofStepFor: promptTokens, needs: needs, context: context),
            contextCapacity: context, cacheElement: file.isMostlyFloat32 ? .float32 : .float16)
        let disk = DiskProbe.answer(
            for: file.diskPaths, profiles: DiskProfiles(environment: ProcessInfo.processInfo.environment))
        if !wishes.isQuiet {
            for note in disk.notes { StandardError.write("sluice: note: \(note)\n") }
        }
        model = TuningModel(
            file: file, needs: needs, tokenizer: tokenizer, options: options,
            reading: disk.choice.plan.whileComputing)
        machineName = MachineName.text(modelPath: file.diskPaths.first ?? path)
        guard context >= TuningModel.smallestContext else {
            throw TuningBenchError.contextTooSmall(found: context, needed: TuningModel.smallestContext)
        }
    }

    /// - Throws: `CommandFailure.interrupted` after Ctrl-C; nothing is written then.
    func run() async throws -> TuneReport {
        Interrupts.shared.watch(interrupt)
        defer { Interrupts.shared.watch(nil) }
        noteEarlier()
        let budgets = try budgets()
        let line = TuningLine(isShown: !wishes.isQuiet)
        defer { line.clear() }
        do {
            // What is wrong with a file is known before anything is measured.
            let given = try givenTrace()
            let machine = try measuredMachine(line)
            let (trace, routing) =
                if let given { given } else {
                    try await recorded(largestBytes: budgets[budgets.count - 1], line)
                }
            let bench = try MachineBench(
                model, trace: trace, machine: machine, until: start + wishes.longest, unless: interrupt
            ) { line.show($0) }
            let knobs = TuningKnobs.all(layerCount: model.needs.expertLayerCount)
            let tuner = Tuner(budgets: budgets, knobs: knobs)
            let found = try await tuner.run(on: bench)
            if interrupt.isCancelled { throw CommandFailure.interrupted }
            guard let result = found else { throw TuningBenchError.nothingPredicted }
            line.clear()
            let tuned = TunedProfile(result, origin: origin(routing: routing))
            try output.write(tuned.text)
            return TuneReport(
                tuned: tuned, path: wishes.output, seconds: (ContinuousClock.now - start).inSeconds,
                knobs: knobs)
        } catch is CancellationError {
            throw CommandFailure.interrupted
        }
    }

    /// Says why a profile that is there is measured anew.
    private func noteEarlier() {
        guard let earlier = output.earlier, !wishes.isQuiet else { return }
        let fingerprint = model.file.fingerprint.description
        let reason: String
        if let model = earlier.modelFingerprint, model != fingerprint {
            reason = "was measured with another model (\(model), this one is \(fingerprint))"
        } else if let machine = earlier.machine, machine != machineName {
            reason = "was measured on another machine (\(machine); this one is \(machineName))"
        } else {
            reason = "was measured before"
        }
        StandardError.write("sluice: '\(wishes.output)' \(reason); measuring anew\n")
    }

    private func budgets() throws -> [Int] {
        let free = MachineMemory.read()
        let largest = wishes.largestBudget.resolved(on: free) ?? Int.max
        let budgets = model.budgets(upTo: largest)
        guard !budgets.isEmpty else {
            throw TuningBenchError.budgetTooSmall(largestBytes: largest, smallestBytes: model.smallestBudget)
        }
        if let usable = free.usableBytes, let last = budgets.last, last > usable, !wishes.isQuiet {
            StandardError.write(
                "sluice: warning: \(ByteSize.text(last)) are to be tried, but only "
                    + "\(ByteSize.text(usable)) are "
                    + "free; what is measured may be what the machine makes of that\n")
        }
        return budgets
    }

    private func measuredMachine(_ line: TuningLine) throws -> MachineFile {
        if let path = wishes.machinePath {
            let machine = try MachineInput.read(path)
            try MachineInput.check(
                machine, fits: "'\(model.file.path)' is", model.file.fingerprint.description)
            return machine
        }
        let probe = try MachineProbe(file: model.file, threadCount: wishes.threads)
        let machine = try probe.run(
            reading: model.reading, element: model.options.cacheElement, name: machineName,
            unless: interrupt
        ) { line.show(title: "measuring \($0)") }
        guard let machine else { throw CommandFailure.interrupted }
        return machine
    }

    private func recorded(
        largestBytes: Int, _ line: TuningLine
    ) async throws -> (trace: RoutingTrace, description: String) {
        let trace = try await TuningRecording(model, unless: interrupt).run(
            TuningCandidate(budgetBytes: largestBytes, knobs: .standard)
        ) { line.show($0) }
        return (trace, "\(trace.rows.count) tokens that were recorded for it")
    }

    /// The trace that the user names; nil where there is none.
    private func givenTrace() throws -> (trace: RoutingTrace, description: String)? {
        guard let path = wishes.tracePath else { return nil }
        let opened = try TraceInput.read([path])[0]
        let trace = opened.trace
        let expected = model.file.fingerprint.description
        if let found = opened.source.fingerprint, found != expected {
            throw TuningBenchError.otherModel(path: path, found: found, expected: expected)
        }
        if let shape = model.needs.traceShape, !trace.shape.hasSameExperts(as: shape) {
            throw CommandFailure.failure(
                "'\(path)' is a trace of a model with \(TraceInput.words(trace.shape)), and this one has "
                    + "\(TraceInput.words(shape)); record one of it with `sluice trace record`, or leave "
                    + "--trace out")
        }
        return (trace, "the \(trace.rows.count) tokens of \(URL(filePath: path).lastPathComponent)")
    }

    private func origin(routing: String) -> TunedProfile.Origin {
        TunedProfile.Origin(
            modelName: URL(filePath: model.file.path).lastPathComponent,
            modelFingerprint: model.file.fingerprint.description, machine: machineName,
            date: Date.now.formatted(.iso8601.year().month().day()),
            contextTokens: model.options.contextCapacity,
            contextBytes: model.needs.stateBytes(
                capacity: model.options.contextCapacity, element: model.options.cacheElement),
            promptTokens: promptTokens, threads: wishes.threads, routing: routing)
    }
}

/// The line that says what a tuner is at.
final class TuningLine: Sendable {
    private let isShown: Bool
    private let state: Mutex<(line: ProgressLine, title: String)>

    init(isShown: Bool) {
        self.isShown = isShown
        state = Mutex((ProgressLine("", isShown: isShown), ""))
    }

    func show(_ stage: TuningStage) {
        switch stage {
        case .recording(let done, let total): show(title: "recording", done: done, total: total)
        case .replaying(let done, let total): show(title: "replaying", done: done, total: total)
        case .running(let candidate, let number): show(title: "run \(number): \(candidate)")
        }
    }

    /// Something that tells no progress of its own.
    func show(title: String) {
        guard isShown else { return }
        clear()
        StandardError.write("sluice: \(title)\n")
    }

    private func show(title: String, done: Int, total: Int) {
        state.withLock { state in
            if state.title != title {
                state.line.clear()
                state = (ProgressLine(title, isShown: isShown), title)
            }
            state.line.show(done: min(done, total), total: total)
        }
    }

    /// Takes the line away.
    func clear() { state.withLock { $0.line.clear() } }
}
