import Residency
import Tuning

/// A machine file that a command is told to use.
enum MachineInput {
    /// - Throws: `CommandFailure` where it cannot be read; `TuningError` where something is wrong in it.
    static func read(_ path: String) throws -> MachineFile {
        try MachineFile(InputFile.contents(of: path, mostBytes: SettingsFile.mostBytes + 1), path: path)
    }

    /// - Parameters:
    ///   - subject: what is of the model with `fingerprint`, with its verb: `'a.sltrace' is a trace of`.
    ///   - fingerprint: nil where nobody knows, which fits.
    /// - Throws: `CommandFailure` where the machine was measured with another model.
    static func check(_ machine: MachineFile, fits subject: String, _ fingerprint: String?) throws {
        guard let measured = machine.model?.fingerprint, !measured.isEmpty, let fingerprint,
            fingerprint != measured
        else { return }
        throw CommandFailure.failure(
            "\(subject) model \(fingerprint), but the machine file was measured with model \(measured); "
                + "measure it with the same: `sluice doctor --machine FILE -m MODEL`, or delete "
                + "model.fingerprint if both compute alike")
    }
}
