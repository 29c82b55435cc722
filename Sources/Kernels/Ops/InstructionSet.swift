import CKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A set of processor instructions that the kernels are compiled for. The raw value is the name users give.
public enum InstructionSet: String, CaseIterable, Sendable {
    case scalar
    case avx2
    case avx512
    case neon

    /// The sets that this machine can run, weakest first; never empty.
    public static var available: [InstructionSet] { allCases.filter { sluice_supports($0.identifier) } }

    /// The strongest set that this machine can run.
    public static var best: InstructionSet { available.last ?? .scalar }

    /// The environment variable that forces a set.
    public static let environmentVariable = "SLUICE_ISA"

    /// The set that the environment asks for, or else the best one.
    ///
    /// - Throws: `unknownInstructionSet`, `unsupportedInstructionSet`: the variable names a set
    ///   that does not exist, or that this machine lacks.
    public static func fromEnvironment() throws(KernelsError) -> InstructionSet {
        guard let value = unsafe getenv(environmentVariable) else { return best }
        let name = unsafe String(cString: value)
        return name.isEmpty ? best : try named(name)
    }

    /// The set called `name`, if this machine can run it.
    ///
    /// - Throws: as `fromEnvironment`.
    public static func named(_ name: String) throws(KernelsError) -> InstructionSet {
        guard let set = InstructionSet(rawValue: name.lowercased()) else {
            throw KernelsError(.unknownInstructionSet(name))
        }
        guard sluice_supports(set.identifier) else { throw KernelsError(.unsupportedInstructionSet(set)) }
        return set
    }

    var identifier: sluice_instruction_set {
        switch self {
        case .scalar: SLUICE_SCALAR
        case .avx2: SLUICE_AVX2
        case .avx512: SLUICE_AVX512
        case .neon: SLUICE_NEON
        }
    }
}
