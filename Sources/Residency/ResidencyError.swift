/// Why a wish about residency cannot be met.
public struct ResidencyError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Equatable, Sendable {
        case unknownPolicy(String, nearest: String?)
        case unexpectedHalfLife(policy: String)
        case badHalfLife(String, policy: String)
    }

    /// What is wrong, for programs.
    public let code: Code

    init(_ code: Code) { self.code = code }

    public var description: String {
        switch code {
        case .unknownPolicy(let name, let nearest):
            let known = PolicyRegistry.entries.map(\.name).joined(separator: ", ")
            let hint = nearest.map { ", did you mean '\($0)'?" } ?? "."
            return "no eviction policy is called '\(name)'\(hint) There are: \(known)."
        case .unexpectedHalfLife(let policy):
            return "'\(policy)' takes no half-life; write '\(policy)' alone."
        case .badHalfLife(let text, let policy):
            return "the half-life '\(text)' of '\(policy)' is no number of tokens from 1 to 1048576; "
                + "write for example '\(policy):64'."
        }
    }
}
