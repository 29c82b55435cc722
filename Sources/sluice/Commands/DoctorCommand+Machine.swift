import ExpertStorage
import Foundation
import Generation
import Kernels
import ModelFiles
import Tuning

extension DoctorCommand {
    /// Measures for a machine file and writes it.
    func measureMachine(_ modelPath: String, into path: String, asJSON: Bool) throws {
        let set = try InstructionSet.fromEnvironment()
        let file = try BusErrors.openModel(modelPath)
        // Opened before anything is measured, so that nobody waits in vain.
        let output = try OutputFile(path, besides: file.inputPaths)
        let cores = MachineCores.read()
        let probe = try MachineProbe(file: file, threadCount: cores.recommendedThreads)
        let disk = DiskProbe.answer(
            for: file.diskPaths, profiles: DiskProfiles(environment: ProcessInfo.processInfo.environment))
        for note in disk.notes { StandardError.write("sluice: note: \(note)\n") }
        let interrupt = CancellationFlag()
        Interrupts.shared.watch(interrupt)
        defer { Interrupts.shared.watch(nil) }
        let source = DiskIdentity.read(of: file.diskPaths.first ?? modelPath)?.source ?? ""
        let name = [cores.model, set.rawValue, source].compactMap(\.self).filter { !$0.isEmpty }
            .joined(separator: ", ")
        let machine = try probe.run(
            reading: disk.choice.plan.whileComputing,
            element: file.isMostlyFloat32 ? .float32 : .float16, name: name, unless: interrupt
        ) { StandardError.write("sluice: measuring \($0)\n") }
        guard let machine else { throw CommandFailure.interrupted }
        try output.write(machine.text(title: Self.title(modelPath)))
        let report = MachineReport(machine: machine, path: path)
        try StandardOutput.write(asJSON ? report.json.text + "\n" : report.text)
    }

    private static func title(_ modelPath: String) -> [String] {
        [
            "A machine, as `sluice doctor --machine` measured it with", modelPath,
            "",
            "`sluice replay TRACE --machine THIS` predicts tokens per second from it. For a machine that "
                + "you do",
            "not have, change what it differs in: disk.bandwidth_mb_per_s, memory.bandwidth_mb_per_s, ...",
        ]
    }
}
