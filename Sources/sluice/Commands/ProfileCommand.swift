import ArgumentParser
import Foundation
import Generation
import ModelFiles
import Tuning

/// `sluice profile`: checks a profile, or lists what profiles may hold.
struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Check a profile and show what it says, or list the keys of profiles.",
        discussion: """
            A profile holds, in TOML, what would otherwise be said on every command line; --profile FILE of \
            run, chat, eval, bench and trace record takes one. A wrong key or value is an error with its \
            line, and exit code 1.

            Examples:
              sluice profile profiles/laptop-16g-gen3.toml
              sluice profile --keys
              sluice profile --machine-keys
            """)

    @Argument(help: ArgumentHelp("The profile; - is standard input.", valueName: "file"))
    var file: String?

    @Flag(help: "Print the table of all keys, with unit, range and default, as Markdown.")
    var keys = false

    @Flag(help: "Print the same table of the keys of machine files, which `replay --machine` takes.")
    var machineKeys = false

    @Flag(help: "Print one JSON object: for every key its value, line and option.")
    var json = false

    func run() throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let json = try resolver.isOn("json", flag: json)
        if keys { return try StandardOutput.write(KeyTable.markdown(of: ProfileKeys.all) + "\n") }
        if machineKeys { return try StandardOutput.write(KeyTable.markdown(of: MachineKeys.all) + "\n") }
        guard let file else {
            throw CommandFailure.usage("there is no profile; name a file, or list the keys with --keys")
        }
        let bytes = try InputFile.contents(of: file, mostBytes: SettingsFile.mostBytes + 1)
        let entries = try Profile(bytes, path: file).file.entries
        if json {
            let members = entries.map { entry in
                JSONMember(
                    name: entry.key.path,
                    value: .members([
                        "value": .string(entry.text), "line": .count(entry.place.line),
                        "option": entry.key.option.map { .string("--\($0)") } ?? .null,
                    ]))
            }
            return try StandardOutput.write(JSONValue.object(members).text + "\n")
        }
        let rows = entries.map { entry in
            [
                entry.key.path, entry.text, "line \(entry.place.line)",
                entry.key.option.map { "--\($0)" } ?? "",
            ]
        }
        try StandardOutput.write(TextTable.text(rows))
    }
}
