import Foundation
import TestSupport
import Testing

@Suite("sluice tune")
struct TuneTests {
    /// A budget at which experts of the bundled model have to be read, and little time.
    private static let short = ["tune", "--budget-max", "75M", "--seconds", "6", "--json"]

    @Test("writes a profile whose budget runs, and prints what was measured")
    func tunes() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tuned.toml"
        let run = try Executable.run(Self.short + ["-o", path])
        try #require(run.code == 0, "\(run.errors)")
        let object = try run.object()
        let measured = try #require(object["measured"] as? [[String: Any]])
        #expect(!measured.isEmpty)
        for entry in measured {
            #expect((entry["tokens_per_second"] as? Double ?? 0) > 0)
            #expect((entry["budget_bytes"] as? Int ?? .max) <= 75 << 20)
        }
        let knee = try #require(object["knee"] as? [String: Any])
        let best = try #require(object["best"] as? [String: Any])
        let (slow, fast) = (
            try #require(knee["seconds_per_token"] as? Double),
            try #require(best["seconds_per_token"] as? Double)
        )
        #expect(slow <= fast * 1.03)
        let profile = try Executable.run(["profile", path, "--json"]).object()
        let budget = try #require(profile["memory.budget"] as? [String: Any])
        #expect(budget["value"] as? String == "\((knee["budget_bytes"] as? Int ?? 0) >> 20)M")
        let used = try Executable.run(["run", "-p", "Once", "-n", "2", "--profile", path, "--json"])
        #expect(used.code == 0 && !used.errors.contains("was measured"), "\(used.errors)")
    }

    @Test(
        "a profile that was changed by hand stays as it is without --force, and any other is measured anew"
    )
    func edited() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tuned.toml"
        try #require(try Executable.run(Self.short + ["-o", path]).code == 0)
        let tuned = try String(contentsOfFile: path, encoding: .utf8)
        let changed = tuned.replacing("decode = ", with: "decode = 1")
        try folder.write(changed, to: "tuned.toml")
        let refused = try Executable.run(Self.short + ["-o", path])
        #expect(refused.code == 1 && refused.text.isEmpty)
        #expect(refused.errors.contains("changed by hand since it was measured"), "\(refused.errors)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == changed)
        let forced = try Executable.run(Self.short + ["-o", path, "--force"])
        #expect(forced.code == 0, "\(forced.errors)")
        let again = try Executable.run(Self.short + ["-o", path])
        #expect(again.code == 0 && again.errors.contains("was measured before; measuring anew"))
    }

    @Test(
        "refuses with one sentence and leaves no file",
        arguments: [
            (["tune"], 2, "no file to write the profile to"),
            (["tune", "-o", "OUT", "--budget-max", "lots"], 2, "--budget-max is \"lots\""),
            (["tune", "-o", "OUT", "--budget-max", "10M"], 1, "smallest budget that works"),
            (["tune", "-o", "OUT", "-c", "16"], 1, "the context holds 16 positions"),
            (["tune", "-o", "OUT", "--seconds", "0"], 2, "--seconds is 0"),
            (["tune", "-o", "OUT", "-m", "/no/such/model"], 1, "/no/such/model"),
            (["tune", "-o", "OUT", "--trace", "/no/such/trace"], 1, "/no/such/trace"),
            (["tune", "-o", "/no/such/folder/p.toml"], 1, "no such folder"),
        ])
    func refuses(arguments: [String], code: Int32, says: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tuned.toml"
        let run = try Executable.run(arguments.map { $0 == "OUT" ? path : $0 })
        #expect(run.code == code && run.text.isEmpty, "\(run.errors)")
        #expect(run.errors.contains(says), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("Ctrl-C ends it with 130, and neither a profile nor a recording is left")
    func interrupt() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tuned.toml"
        let program = try RunningProgram(
            ["tune", "-o", path, "--budget-max", "75M"], environment: ["TMPDIR": folder.path])
        program.closeInput()
        program.waitForErrors(containing: "run 1:")
        program.interrupt()
        let outcome = program.wait()
        #expect(outcome.code == 130 && outcome.text.isEmpty, "\(outcome.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
