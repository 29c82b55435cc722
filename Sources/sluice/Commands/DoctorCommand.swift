import ArgumentParser
import ExpertStorage
import Foundation
import Generation
import Kernels
import ModelFiles

/// `sluice doctor`: what this machine can do, and what would help.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at this machine: cores, instruction sets, memory, bandwidth, disk, advice.",
        discussion: """
            --disk reads experts from random places of the model's file, in every way, block size and number \
            of reads at once, for up to half a minute, and keeps the best for runs that stream from that \
            disk. Nothing is written to the disk but the answer, in ~/.cache/sluice/disks.json (or below \
            XDG_CACHE_HOME). Without --disk, doctor says what is known of it.

            --threads measures products of quantized weights with 1, 2, 4, ... threads for some 15 \
            seconds and says which number is fastest, for generating and for the prompt. Use it where cores \
            are of several kinds, shared or virtual.

            --machine writes what predicts the speed of a run into a TOML file, for `sluice replay`: how the \
            disk answers, the memory's speed, and how fast this model computes; some twenty seconds.

            Examples:
              sluice doctor
              sluice doctor --threads
              sluice doctor --threads --json
              sluice doctor --disk -m model.gguf
              sluice doctor --machine machine.toml -m model.gguf
            """)

    @Option(
        name: [.customShort("m"), .long],
        parsing: .unconditional,
        help: ArgumentHelp(
            "The model whose disk is meant, or any other large file on it. Without it, the bundled demo "
                + "model.", valueName: "path"))
    var model: String?

    @Flag(help: "Measure the disk, instead.")
    var disk = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Measure for a machine file and write it, instead.", valueName: "file"))
    var machine: String?

    @Flag(help: "Measure how many threads are fastest, instead.")
    var threads = false

    @Flag(help: "Print one JSON object.")
    var json = false

    // For tools/bench/reads.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --disk: measure these only, as method:block:depth,..., and keep nothing.",
            visibility: .hidden))
    var reads: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Samples of each of --reads.", visibility: .hidden))
    var rounds: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Bytes of an expert.", visibility: .hidden))
    var expert: String?

    func run() throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let json = try resolver.isOn("json", flag: json)
        // Flags alone: SLUICE_THREADS is the number of threads of a run, SLUICE_MACHINE a file to be read.
        if threads { return try measureThreads(asJSON: json) }
        let path = try resolver.text(["model", "m"], flag: model) ?? BundledModel.path()
        if let machine { return try measureMachine(path, into: machine, asJSON: json) }
        if disk { return try measureDisk(path, asJSON: json) }
        let examination = try Examination(modelPath: path)
        try StandardOutput.write(json ? examination.json.text + "\n" : examination.text)
    }

    private func measureThreads(asJSON: Bool) throws {
        _ = try InstructionSet.fromEnvironment()
        let cores = MachineCores.read()
        let interrupt = CancellationFlag()
        Interrupts.shared.watch(interrupt)
        defer { Interrupts.shared.watch(nil) }
        var progress = ProgressLine("threads")
        let speeds = ThreadProbe(cores: cores).run(interrupt: interrupt) {
            progress.show(done: $0, total: $1)
        }
        progress.clear()
        guard let speeds else { throw CommandFailure.interrupted }
        let advice = ThreadAdvice(speeds: speeds, defaultThreads: cores.recommendedThreads)
        let report = ThreadReport(advice: advice)
        try StandardOutput.write(asJSON ? report.json.text + "\n" : report.text)
    }

    private func measureDisk(_ path: String, asJSON: Bool) throws {
        // Parts of a split and shards of a folder belong together; any other file is read as it is.
        let paths = (try? BusErrors.openModel(path))?.diskPaths ?? [path]
        let interrupt = CancellationFlag()
        Interrupts.shared.watch(interrupt)
        defer { Interrupts.shared.watch(nil) }
        var progress = ProgressLine("disk")
        let result = try probe(paths, interrupt) { progress.show(done: $0, total: $1) }
        progress.clear()
        guard let result else { throw CommandFailure.interrupted }
        let profiles = DiskProfiles(environment: ProcessInfo.processInfo.environment)
        let isKept = reads == nil ? result.choice : nil
        let notes = isKept.map { DiskProbe.keep($0, for: paths, in: profiles) } ?? []
        let report = DiskReport(
            path: path, disk: paths.first.flatMap(DiskIdentity.read), result: result,
            keptIn: isKept != nil && notes.isEmpty ? profiles?.path : nil, notes: notes)
        try StandardOutput.write(asJSON ? report.json.text + "\n" : report.text)
        if result.choice == nil, reads == nil {
            throw CommandFailure.failure("no way of reading \(path) works; see the reasons above")
        }
    }

    /// - Returns: nil where it was interrupted.
    private func probe(
        _ paths: [String], _ interrupt: CancellationFlag, progress: (Int, Int) -> Void
    ) throws -> ReadProbe.Result? {
        let probe = ReadProbe(try ProbedFiles(paths: paths), generator: SystemRandomNumberGenerator())
        guard let expertBytes = ByteSize.parse(expert ?? "\(ReadProbe.expertBytes)") else {
            throw CommandFailure.usage("--expert is \"\(expert ?? "")\"; expected a size")
        }
        let isCancelled = { interrupt.isCancelled }
        guard let reads else {
            return try probe.table(expertBytes: expertBytes, isCancelled: isCancelled, progress: progress)
        }
        guard let settings = ReadSettings.parse(reads) else {
            throw CommandFailure.usage("--reads is \"\(reads)\"; expected method:block:depth,...")
        }
        return try probe.measure(
            settings, expertBytes: expertBytes, rounds: rounds ?? 1, isCancelled: isCancelled,
            progress: progress)
    }
}
