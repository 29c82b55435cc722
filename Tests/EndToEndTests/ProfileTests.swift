import Foundation
import TestSupport
import Testing

@Suite("--profile")
struct ProfileTests {
    private static let text = """
        [memory]
        budget = "60M"
        [threads]
        decode = 1
        [context]
        size_tokens = 256
        [experts]
        policy = "lfu"
        half_life_tokens = 64

        """

    /// A row of `--plan --json`.
    private func setting(_ name: String, in run: Executable.Outcome) throws -> [String: Any] {
        let settings = try #require(try run.object()["settings"] as? [String: Any], "\(run.errors)")
        return try #require(settings[name] as? [String: Any], "\(name): \(run.text)")
    }

    @Test(
        "a value comes from the flag, or the environment, or the profile, or the default; the plan says which"
    )
    func order() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.text, to: "p.toml")
        let arguments = ["run", "--profile", path, "--plan", "--json", "-c", "300"]
        let run = try Executable.run(arguments, environment: ["SLUICE_THREADS": "2"])
        #expect(run.code == 0, "\(run.errors)")
        for (name, value, source, line) in [
            ("ctx-size", "300", "flag", nil), ("threads", "2", "environment", nil),
            ("memory", "60M", "profile", 2), ("policy", "lfu:64", "profile", 8),
            ("io", "auto", "default", nil),
            ("profile", path, "flag", nil),
        ] as [(String, String, String, Int?)] {
            let setting = try setting(name, in: run)
            #expect(setting["value"] as? String == value, "\(name)")
            #expect(setting["source"] as? String == source, "\(name)")
            #expect(setting["line"] as? Int == line && (setting["file"] as? String == path) == (line != nil))
        }
        let shown = try Executable.run(["chat", "--plan"], environment: ["SLUICE_PROFILE": path])
        #expect(shown.text.contains("profile '\(path)', line 2"), "\(shown.text)\(shown.errors)")
    }

    @Test("a run does what its profile says, and eval and bench keep their own context")
    func commands() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.text, to: "p.toml")
        let run = try Executable.run(["run", "-p", "Once", "-n", "2", "--profile", path, "--json"])
        let receipt = try #require(try run.object()["receipt"] as? [String: Any])
        #expect(receipt["memory_budget"] as? Int == 60 << 20 && receipt["threads"] as? Int == 1)
        let eval = try Executable.run(["eval", "--plan", "--json", "--profile", path])
        #expect(try setting("ctx-size", in: eval)["value"] as? String == "512")
        let bench = try Executable.run(["bench", "-p", "300", "--plan", "--json", "--profile", path])
        let threads = try setting("threads", in: bench)
        #expect(threads["value"] as? String == "1" && threads["source"] as? String == "profile")
        #expect(try setting("ctx-size", in: bench)["source"] as? String == "default")
    }

    @Test("every profile of the package can be planned with")
    func shipped() throws {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        folder.append(path: "profiles")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".toml")
        }
        #expect(names.count >= 8)
        for name in names {
            let path = folder.appending(path: name).path
            let run = try Executable.run(["run", "--plan", "--json", "--profile", path])
            #expect(run.code == 0, "\(name): \(run.errors)")
            #expect(try setting("memory", in: run)["source"] as? String == "profile", "\(name)")
        }
    }

    @Test("what is wrong in a profile ends the program with one sentence and code 1, before anything is read")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/p.toml"
        for (text, says) in [
            (
                "[memory]\nbugdet = \"8G\"\n",
                "line 2, column 1: there is no key memory.bugdet; the nearest is memory.budget"
            ),
            ("[memory]\nbudget = 8\n", "memory.budget is 8, without a unit that is known"),
            ("[threads]\ndecode = 4000\n", "threads.decode is 4000; expected an integer from 1 to 1024"),
            ("threads = \n", "this is no TOML"),
        ] {
            try folder.write(text, to: "p.toml")
            for command in ["run", "chat", "eval", "bench"] {
                let run = try Executable.run([command, "-m", "/no/such/model", "--profile", path])
                #expect(run.code == 1 && run.text.isEmpty)
                #expect(
                    run.errors.hasPrefix("sluice: '\(path)', line ") && run.errors.contains(says),
                    "\(run.errors)")
            }
        }
        let missing = try Executable.run(["run", "-p", "x", "--profile", folder.path + "/none.toml"])
        #expect(missing.code == 1 && missing.errors.contains("there is no such file"))
        let endless = try Executable.run(["run", "-p", "x", "--profile", "/dev/zero"])
        #expect(endless.code == 1 && endless.errors.contains("more than 65536 bytes"), "\(endless.errors)")
    }

    @Test("where a flag and the profile contradict, the refusal says where the profile's part stands")
    func contradiction() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.text, to: "p.toml")
        let run = try Executable.run(["run", "-p", "x", "--profile", path, "--io", "mmap"])
        #expect(run.code == 2, "\(run.errors)")
        #expect(
            run.errors.contains("--policy lfu:64 comes from the profile '\(path)', line 8"), "\(run.errors)")
    }

    @Test("a profile of another model warns, and the run goes on")
    func otherModel() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("[tuned]\nmodel_fingerprint = \"0123456789abcdef\"\n", to: "p.toml")
        let run = try Executable.run(["run", "-p", "Once", "-n", "1", "--profile", path])
        #expect(run.code == 0 && run.errors.contains("was measured with the model 0123456789abcdef"))
    }

    @Test("a profile of another machine warns, and the run goes on")
    func otherMachine() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("[tuned]\nmachine = \"a machine of old\"\n", to: "p.toml")
        let run = try Executable.run(["run", "-p", "Once", "-n", "1", "--profile", path])
        #expect(
            run.code == 0 && run.errors.contains("was measured on another machine (a machine of old; this"),
            "\(run.errors)")
    }

    @Test("sluice profile shows what a profile says, and what profiles may hold")
    func show() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.text, to: "p.toml")
        let object = try Executable.run(["profile", path, "--json"]).object()
        #expect(
            Set(object.keys) == [
                "memory.budget", "threads.decode", "context.size_tokens", "experts.policy",
                "experts.half_life_tokens",
            ])
        let budget = try #require(object["memory.budget"] as? [String: Any])
        #expect(budget["value"] as? String == "60M" && budget["option"] as? String == "--memory")
        #expect(budget["line"] as? Int == 2)
        let piped = try Executable.run(["profile", "-"], input: "[memory]\nbudget = \"1G\"\n")
        #expect(
            piped.code == 0 && piped.text.contains("memory.budget  1G  line 2  --memory"), "\(piped.text)")
        let keys = try Executable.run(["profile", "--keys"])
        #expect(keys.code == 0 && keys.text.contains("| `memory.budget` | `--memory` |"))
        #expect(try Executable.run(["profile"]).code == 2)
        #expect(try Executable.run(["profile", "-"], input: "x = 1").code == 1)
    }
}
