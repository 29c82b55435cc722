/// The command line as bytes, before Swift repairs them.
enum CommandLineText {
    /// - Throws: `CommandFailure` naming the first argument that is not UTF-8.
    static func validate() throws {
        for index in 1..<max(Int(CommandLine.argc), 1) {
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { continue }
            if unsafe String(validatingCString: argument) == nil {
                throw CommandFailure.usage("argument \(index) is not valid UTF-8; expected text in UTF-8")
            }
        }
    }
}
