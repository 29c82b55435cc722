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

            Examples:
              sluice doctor
              sluice doctor --json
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let json = try resolver.isOn("json", flag: json)
        let examination = try Examination()
        try StandardOutput.write(json ? examination.json.text + "\n" : examination.text)
    }
}
