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

    /// What a file says of a machine, so that nothing is measured.
    private static let machine = """
        [disk]
        latency_us = 100
        bandwidth_mb_per_s = 1000
        [memory]
        bandwidth_mb_per_s = 10000
        [processor]
        layer_overhead_us = 0
        [model]
        fingerprint = "FINGERPRINT"
        expert_kib = 102
        dense_kib_per_layer = 1024

        """

    @Test("refuses a trace of a model of another shape, and a machine that was measured with another model")
    func otherModel() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tuned.toml"
        let trace = try folder.write(
            "# layers 1 experts 4 top_k 1\nsequence,step,token,layer,slot,expert\n0,0,7,0,0,1\n",
            to: "other.csv")
        let shape = try Executable.run(Self.short + ["-o", path, "--trace", trace])
        #expect(shape.code == 1 && shape.text.isEmpty)
        #expect(shape.errors.contains("a model with 1 layer of 4 experts, 1 for a token"), "\(shape.errors)")
        #expect(shape.errors.contains("this one has 12 layers of 32 experts, 4 for a token"))
        let file = try folder.write(
            Self.machine.replacing("FINGERPRINT", with: "of another"), to: "machine.toml")
        let machine = try Executable.run(Self.short + ["-o", path, "--machine", file])
        #expect(machine.code == 1 && machine.text.isEmpty)
        #expect(machine.errors.contains("was measured with model of another"), "\(machine.errors)")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("replays a trace of the model in whatever format, and the speeds of a machine file")
    func given() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tuned.toml"
        let (own, table) = (folder.path + "/own.sltrace", folder.path + "/own.csv")
        let run = try Executable.run([
            "run", "-p", "Once upon a time", "-n", "24", "--trace", own, "--json", "-q",
        ])
        let receipt = try #require(try run.object()["receipt"] as? [String: Any])
        let fingerprint = try #require(receipt["fingerprint"] as? String)
        let export = try Executable.run(["trace", "export", own, "--format", "csv", "-o", table])
        #expect(export.code == 0, "\(export.errors)")
        let machine = try folder.write(
            Self.machine.replacing("FINGERPRINT", with: fingerprint), to: "machine.toml")
        let tuned = try Executable.run([
            "tune", "--budget-max", "75M", "--seconds", "1", "--json", "-o", path, "--trace", table,
            "--machine", machine,
        ])
        #expect(tuned.code == 0, "\(tuned.errors)")
        #expect((try tuned.object()["routing"] as? String)?.hasSuffix("tokens of own.csv") == true)
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
