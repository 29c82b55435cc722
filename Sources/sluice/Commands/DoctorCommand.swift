import ArgumentParser
import Foundation
import Generation
import Kernels
import ModelFiles

/// `sluice doctor`: what this machine can do, and what would help.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at this machine: cores, instruction sets, memory, bandwidth, advice.",
        discussion: """
            The disk is not measured in this version: models are resident in memory.

            --threads measures products of quantized weights with 1, 2, 4, ... threads for some 15 \
            seconds and says which number is fastest, for generating and for the prompt. Use it where cores \
            are of several kinds, shared or virtual.

            Examples:
              sluice doctor
              sluice doctor --threads
              sluice doctor --threads --json
            """)

    @Flag(help: "Measure how many threads are fastest, instead.")
    var threads = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let json = try resolver.isOn("json", flag: json)
        // A flag alone: SLUICE_THREADS is the number of threads of a run.
        if threads { return try measureThreads(asJSON: json) }
        let examination = try Examination()
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
}
