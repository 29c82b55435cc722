import ArgumentParser
import Foundation
import Generation
import Reports
import Residency
import Tuning

/// `sluice replay`: what policies would have hit on a recorded routing, at every budget.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replay routing traces over policies, budgets and allocations.",
        discussion: """
            Counts what every policy would have hit with every budget, with the objects that run decides \
            with: a layer's experts are one event. Belady's optimum, with a slot for every miss (belady) and \
            without (belady-bypass), is always there. Several traces are replayed one after another.

            What is fitted (fitted allocations, lfu:fit) is fitted on the --fit traces; without them, or on \
            the same choices, the table says in-sample.

            Budgets are sizes, shares of all experts, and ranges: 5%..100% goes in steps of its first value, \
            1G..8G:512M in steps of 512M.

            With --machine, each row says how fast tokens would come on that machine: one that `sluice \
            doctor --machine` measured, or one that you describe in such a file. The figure behind +- is \
            what it could be off if disk and computing were as far from their medians as when they were \
            measured.

            Examples:
              sluice replay trace.csv
              sluice replay trace.csv --policy lfu,lfu:128,lru --budget 5%..100%
              sluice replay trace.csv --fit other.csv --allocation uniform,shallow:2,fitted --pools all
              sluice replay trace.csv --expert-bytes 3M --budget 1G,2G,4G --json
              sluice replay trace.csv --machine machine.toml --policy lfu,lru
              sluice replay trace.csv --interleave 4 --csv table.csv
              sluice replay trace.csv --budget 5%..100% --html report.html
            """)

    @Argument(help: ArgumentHelp("Traces of one model.", valueName: "trace"))
    var traces: [String]

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Policies: all, or a list of \(PolicyRegistry.entries.map(\.name).joined(separator: ", ")), with \
            a half-life as in lfu:64 or one to be fitted as in lfu:fit. Default: all.
            """, valueName: "list"))
    var policy: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Bytes for experts. Default: 10%,25%,50%,75%.", valueName: "list"))
    var budget: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Whose slots: layer (each layer its own), global (one pool) or all. Default: layer.",
            valueName: "pools"))
    var pools: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            How slots are shared out: uniform, global, shallow:N (all experts of the first N layers), soft:N \
            (one pool, experts of the first N layers count twice), fitted, fitted-soft. Default: uniform.
            """, valueName: "list"))
    var allocation: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Who foretells misses one layer ahead: none, recorded, oracle. Default: none.", valueName: "list")
    )
    var predictor: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Traces to fit on what is fitted.", valueName: "trace"))
    var fit: [String] = []

    @Flag(help: "Make every access an event of its own, as libCacheSim does.")
    var perAccess = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Texts that take turns, a step each. Default: 1, the order recorded.", valueName: "n"))
    var interleave: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The size of an expert, where the trace does not say.", valueName: "size"))
    var expertBytes: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The machine that tokens per second are predicted for.", valueName: "file"))
    var machine: String?

    @Flag(help: "Print one JSON object: trace, events, results.")
    var json = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Also write a line for each result to this file.", valueName: "file"))
    var csv: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Also write a page with charts to this file; it needs no network.", valueName: "file"))
    var html: String?

    func run() async throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let wishes = try wishes(&resolver)
        let json = try resolver.isOn("json", flag: json)
        let machinePath = try resolver.text(["machine"], flag: machine)
        guard machinePath == nil || !wishes.isPerAccess else {
            throw CommandFailure.usage(
                "--machine predicts what whole events take, and --per-access takes them apart; leave one out")
        }
        let inputs = traces + fit + [machinePath].compactMap(\.self)
        let tablePath = try resolver.text(["csv"], flag: csv)
        let table = try tablePath.map { try OutputFile($0, besides: inputs) }
        let page = try resolver.text(["html"], flag: html).map { path in
            try OutputFile(path, besides: inputs + [tablePath].compactMap(\.self))
        }
        let interrupt = CancellationFlag()
        Interrupts.shared.watch(interrupt)
        defer { Interrupts.shared.watch(nil) }
        let machine = try machinePath.map(MachineInput.read)
        let judged = try TraceInput.read(traces)
        if let machine {
            for (path, opened) in zip(traces, judged) {
                try MachineInput.check(machine, fits: "'\(path)' is a trace of", opened.source.fingerprint)
            }
        }
        let run = try replay(judged, wishes, machine, interrupt)
        let (results, notes) = try await run.results(wishes)
        run.progress.clear()
        for note in notes { StandardError.write("note: \(note)\n") }
        guard !results.isEmpty else {
            throw CommandFailure.failure("no budget holds enough experts to run; give larger ones")
        }
        let report = ReplayReport(
            traces: traces.map(TraceInput.name), fitTraces: wishes.fits ? fit.map(TraceInput.name) : [],
            events: run.events, expertBytes: run.hasExpertBytes ? run.expertBytes : nil,
            streams: wishes.streams, results: results)
        try table?.write(report.csv)
        if let page {
            let input = ReplayReportInput(report, of: judged)
            try page.write(ReplayReportPage(input).html)
        }
        try StandardOutput.write(json ? report.json.text + "\n" : report.text)
    }

    private func wishes(_ resolver: inout SettingResolver) throws -> ReplayWishes {
        func text(_ name: String, _ flag: String?, default fallback: String) throws -> String {
            try resolver.resolve([name], flag: flag, default: fallback, expected: "a list") { $0 }
        }
        var wishes = ReplayWishes()
        wishes.policies = try ReplayWishes.policies(text("policy", policy, default: "all"))
        wishes.budgets = try ReplayBudget.list(text("budget", budget, default: "10%,25%,50%,75%"))
        let pools = try text("pools", pools, default: "layer")
        wishes.allocations = try ReplayWishes.allocations(
            text("allocation", allocation, default: "uniform"), pools: pools)
        wishes.predictors = try ReplayWishes.predictors(text("predictor", predictor, default: "none"))
        wishes.isPerAccess = try resolver.isOn("per-access", flag: perAccess)
        wishes.streams = try resolver.integer(["interleave"], flag: interleave, default: 1)
        guard (1...1 << 20).contains(wishes.streams) else {
            throw CommandFailure.usage("--interleave is \(wishes.streams); expected 1 or more texts")
        }
        if let size = try resolver.text(["expert-bytes"], flag: expertBytes) {
            wishes.expertBytes = try TraceInput.expertBytes(size)
        }
        guard fit.isEmpty || wishes.fits else {
            throw CommandFailure.usage(
                "--fit names traces to fit on, but nothing is fitted; add --allocation fitted or --policy "
                    + "lfu:fit, or leave --fit out")
        }
        return wishes
    }

    /// The time model of `machine` for a trace of `shape`, where experts have `expertBytes`.
    ///
    /// - Throws: `CommandFailure` where the file does not say enough.
    private func timeModel(
        _ machine: MachineFile, _ shape: TraceShape, expertBytes: [Int]?
    ) throws -> TimeModel {
        guard let model = machine.model else {
            throw CommandFailure.failure(
                "the machine file has no [model], which says how fast a model computes; `sluice doctor "
                    + "--machine FILE -m MODEL` writes one")
        }
        guard let load = model.load(for: shape, expertBytes: expertBytes) else {
            throw CommandFailure.usage(
                "neither the trace nor model.expert_kib says how large an expert is; give --expert-bytes")
        }
        return TimeModel(machine: machine.machine, load: load)
    }

    private func replay(
        _ judged: [TraceInput.Opened], _ wishes: ReplayWishes, _ machine: MachineFile?,
        _ interrupt: CancellationFlag
    ) throws -> ReplayRun {
        let opened = fit.isEmpty ? [] : try TraceInput.read(fit)
        TraceInput.noteOtherModel(in: opened, than: judged)
        let (judged, fitted) = (judged.map(\.trace), opened.map(\.trace))
        if let other = fitted.first, !other.shape.hasSameExperts(as: judged[0].shape) {
            throw CommandFailure.failure("'\(fit[0])' is a trace of another model than '\(traces[0])'")
        }
        let events = ReplayEvents(judged, streams: wishes.streams, isPerAccess: wishes.isPerAccess)
        let shape = events.shape
        let isKnown = wishes.expertBytes != nil || shape.expertBytes.allSatisfy { $0 > 0 }
        if !isKnown, wishes.budgets.contains(where: { if case .bytes(_) = $0 { true } else { false } }) {
            throw CommandFailure.usage(
                "the trace does not say how large an expert is; give --expert-bytes, or budgets as shares "
                    + "such as 25%")
        }
        let given = wishes.expertBytes.map { bytes in shape.expertBytes.map { _ in bytes } }
        let time = try machine.map {
            try timeModel($0, shape, expertBytes: given ?? (isKnown ? shape.expertBytes : nil))
        }
        let isSame = fitted.contains { other in judged.contains { TraceInput.haveSameChoices($0, other) } }
        return ReplayRun(
            events: events,
            fitEvents: fitted.isEmpty
                ? events : ReplayEvents(fitted, streams: wishes.streams, isPerAccess: wishes.isPerAccess),
            fit: fitted.isEmpty || isSame ? .inSample : .heldOut,
            expertBytes: given ?? (isKnown ? shape.expertBytes : shape.expertBytes.map { _ in 1 }),
            hasExpertBytes: isKnown,
            timeModel: { time?.deciding(about: $0) },
            progress: ReplayProgress(isShown: true, interrupt))
    }
}
