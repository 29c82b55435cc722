/// What can go wrong in the world around the kernels; wrong shapes are programmer errors and trap instead.
public struct KernelsError: Error, Equatable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: Equatable, Sendable {
        /// The name is not one of an instruction set.
        case unknownInstructionSet(String)
        /// The set exists, but not on this machine.
        case unsupportedInstructionSet(InstructionSet)
    }

    /// What went wrong.
    public let code: Code

    public init(_ code: Code) { self.code = code }

    public var description: String {
        let usable = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
        switch code {
        case .unknownInstructionSet(let name):
            let all = InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")
            return "\(InstructionSet.environmentVariable)=\(name) names no instruction set; "
                + "expected one of \(all); this machine can run \(usable)"
        case .unsupportedInstructionSet(let set):
            return
                "\(InstructionSet.environmentVariable)=\(set.rawValue): this machine lacks that "
                + "instruction set; it can run \(usable)"
        }
    }
}
