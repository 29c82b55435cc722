import Generation
import Kernels

/// What a machine is called where measurements are compared: what decides how fast it is.
public enum MachineName {
    /// Characters that a profile has room for.
    public static let longest = 200

    /// Processor, cores, instruction set, memory, and the disk of the model at `modelPath`.
    public static func text(modelPath: String) -> String {
        let cores = MachineCores.read()
        let disk = DiskIdentity.read(of: modelPath)
        let memory = MachineMemory.read().totalBytes.map {
            // What firmware and kernel take varies from start to start.
            "\(Int((Double($0) / 0x1p30).rounded())) GiB"
        }
        let set = (try? InstructionSet.fromEnvironment())?.rawValue
        let parts: [String?] = [
            cores.model, "\(cores.physicalCount) cores", set, memory,
            disk.map { [$0.source, $0.fileSystem].filter { !$0.isEmpty }.joined(separator: " ") },
        ]
        let text = parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
        return String(text.prefix(longest))
    }
}
