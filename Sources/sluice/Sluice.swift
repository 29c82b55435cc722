import ArgumentParser
import Foundation
import Kernels

/// The command line of Sluice; a command is a file in `Commands` and a line here.
@main
struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Runs Mixture-of-Experts language models.",
        discussion: """
            Options with a value can also be given by the environment: SLUICE_THREADS=2 is --threads 2 \
            (--fit and doctor --machine are flags only). Flags come first, then the environment, then a \
            profile (--profile FILE), then defaults.

            Examples:
              sluice run -p "Once upon a time" -n 100
              sluice chat -m model.gguf
              sluice inspect model.gguf
            """,
        version: "0.1.0",
        subcommands: [
            RunCommand.self,
            ChatCommand.self,
            EvalCommand.self,
            BenchCommand.self,
            TokenizeCommand.self,
            InspectCommand.self,
            PackCommand.self,
            VerifyCommand.self,
            TraceCommand.self,
            ReplayCommand.self,
            DoctorCommand.self,
            TuneCommand.self,
            ProfileCommand.self,
        ])

    static func main() async {
        Interrupts.install()
        do {
            try CommandLineText.validate()
            var command = try parseAsRoot()
            // Where kernels are needed they rely on this having been checked.
            _ = try InstructionSet.fromEnvironment()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Foundation.exit(FailureReport.report(error))
        }
        Foundation.exit(CommandFailure.Code.success.rawValue)
    }
}
