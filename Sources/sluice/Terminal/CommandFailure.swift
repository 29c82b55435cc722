/// Why a command ends early, with the exit code that says so to scripts.
struct CommandFailure: Error, CustomStringConvertible {
    /// What the process returns; the values are part of the command line's interface.
    enum Code: Int32 {
        case success = 0
        case failure = 1
        case usage = 2
        case interrupted = 130
    }

    let code: Code
    let description: String

    /// The command line is wrong.
    static func usage(_ description: String) -> CommandFailure {
        CommandFailure(code: .usage, description: description)
    }

    /// The world is not as it should be.
    static func failure(_ description: String) -> CommandFailure {
        CommandFailure(code: .failure, description: description)
    }

    /// The user pressed Ctrl-C; everything worth saying has been said.
    static let interrupted = CommandFailure(code: .interrupted, description: "")
}
