import Foundation
import TestSupport
import Testing

@Suite("Files that commands write")
struct OutputFileTests {
    private let folder: TemporaryFolder
    private let trace: String

    init() throws {
        folder = try TemporaryFolder()
        trace = try folder.write(
            "# layers 1 experts 4 top_k 1\nsequence,step,token,layer,slot,expert\n0,0,7,0,0,1\n0,1,7,0,0,2\n",
            to: "trace.csv")
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    /// Runs a command that is to be refused because it would write to `input`, which stays as it is.
    private func expectRefusal(
        _ arguments: [String], output: String, input: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try bytes(input)
        let run = try Executable.run(arguments)
        #expect(run.code == 2 && run.text.isEmpty, "\(run.errors)", sourceLocation: sourceLocation)
        #expect(
            run.errors.contains("'\(output)' is the same file as '\(input)'"), "\(run.errors)",
            sourceLocation: sourceLocation)
        #expect(try bytes(input) == before, sourceLocation: sourceLocation)
    }

    @Test(
        "a replay writes to none of the files that it reads, by whatever name",
        arguments: ["--csv", "--html"])
    func replay(option: String) throws {
        let (hard, soft) = (folder.path + "/hard.csv", folder.path + "/soft.csv")
        try FileManager.default.linkItem(atPath: trace, toPath: hard)
        try FileManager.default.createSymbolicLink(atPath: soft, withDestinationPath: "trace.csv")
        for output in [trace, hard, soft] {
            try expectRefusal(["replay", trace, option, output], output: output, input: trace)
        }
        let fit = try folder.write(try [UInt8](bytes(trace)), to: "fit.csv")
        let machine = try folder.write("[disk]\n", to: "machine.toml")
        let common = ["replay", trace, "--allocation", "fitted", "--fit", fit, "--machine", machine, option]
        try expectRefusal(common + [fit], output: fit, input: fit)
        try expectRefusal(common + [machine], output: machine, input: machine)
    }

    @Test("table and page cannot be one file, and the drawing of a trace not the trace")
    func otherOutputs() throws {
        let both = folder.path + "/both"
        let run = try Executable.run(["replay", trace, "--csv", both, "--html", both])
        #expect(run.code == 2 && run.errors.contains("'\(both)' is the same file as '\(both)'"))
        #expect(!FileManager.default.fileExists(atPath: both))
        try expectRefusal(["trace", "info", trace, "--svg", trace], output: trace, input: trace)
        let link = folder.path + "/link.csv"
        try FileManager.default.linkItem(atPath: trace, toPath: link)
        try expectRefusal(["trace", "import", trace, "-o", link], output: link, input: trace)
    }

    @Test("what an earlier command wrote stays where the next one fails, and a failure leaves no empty file")
    func failures() throws {
        let old = String(repeating: "an old report\n", count: 1000)
        let table = try folder.write(old, to: "table.csv")
        let page = folder.path + "/page.html"
        let failing = ["replay", trace, "--budget", "20%", "--csv", table, "--html", page]
        #expect(try Executable.run(failing).code == 1)
        #expect(try String(contentsOfFile: table, encoding: .utf8) == old)
        #expect(!FileManager.default.fileExists(atPath: page))
        let run = try Executable.run(["replay", trace, "--policy", "lru", "--budget", "50%", "--csv", table])
        #expect(run.code == 0, "\(run.errors)")
        let lines = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 4 && lines.last?.hasPrefix("belady-bypass,") == true)
        let receipt = try folder.write("{}", to: "receipt.json")
        let refused = try Executable.run(["run", "-p", "Once", "--memory", "10M", "--receipt", receipt])
        #expect(refused.code == 1)
        #expect(try String(contentsOfFile: receipt, encoding: .utf8) == "{}")
    }

    @Test("pipes and devices are written to as they are")
    func pipes() throws {
        let common = ["replay", trace, "--policy", "lru", "--budget", "50%", "--csv"]
        let piped = try Executable.run(common + ["/dev/stdout"])
        #expect(piped.code == 0 && piped.text.hasPrefix("policy,allocation,"), "\(piped.errors)")
        #expect(try Executable.run(common + ["/dev/null", "--html", "/dev/null"]).code == 0)
    }

    @Test("no command writes to the model that it runs, or to the text that it reads")
    func model() throws {
        let model = folder.path + "/model.gguf"
        let shipped = Command.packageFolder.appending(path: "Sources/Generation/Resources/demo-q8_0.gguf")
        try FileManager.default.copyItem(atPath: shipped.path, toPath: model)
        let text = try folder.write("Once upon a time there was a king.", to: "text.txt")
        let run = ["run", "-m", model, "-f", text, "-n", "1"]
        let record = ["trace", "record", "-m", model, "-f", text]
        for output in [model, text] {
            for arguments in [
                run + ["--trace", output], run + ["--receipt", output], run + ["--logits", output],
                ["eval", "-m", model, "-f", text, "-c", "8", "--logits", output], record + ["-o", output],
            ] {
                try expectRefusal(arguments, output: output, input: output)
            }
        }
        try expectRefusal(["doctor", "-m", model, "--machine", model], output: model, input: model)
        try expectRefusal(["tune", "-m", model, "-o", model, "--force"], output: model, input: model)
        let profile = try folder.write("[memory]\nbudget = \"1G\"\n", to: "p.toml")
        try expectRefusal(run + ["--profile", profile, "--trace", profile], output: profile, input: profile)
        let one = folder.path + "/one"
        let both = try Executable.run(run + ["--receipt", one, "--trace", one])
        #expect(both.code == 2 && both.errors.contains("'\(one)' is the same file"), "\(both.errors)")
        #expect(!FileManager.default.fileExists(atPath: one))
    }

    @Test("no command writes to the settings beside safetensors, or to a prompt that the environment names")
    func settings() throws {
        let shipped = Command.packageFolder.appending(
            path: "Tests/ModelsTests/Fixtures/variants/olmoe-clamped")
        let model = folder.path + "/model"
        try FileManager.default.copyItem(atPath: shipped.path, toPath: model)
        let settings = model + "/config.json"
        for option in ["--receipt", "--trace", "--logits"] {
            let run = ["run", "-m", model, "--tokens", "1,2", "-n", "1", option, settings]
            try expectRefusal(run, output: settings, input: settings)
        }
        let text = try folder.write("Once upon a time", to: "text.txt")
        let run = try Executable.run(
            ["run", "-n", "1", "--receipt", text], environment: ["SLUICE_FILE": text])
        #expect(run.code == 2 && run.errors.contains("'\(text)' is the same file as"), "\(run.errors)")
        #expect(try String(contentsOfFile: text, encoding: .utf8) == "Once upon a time")
    }

    @Test("a run without logits leaves an empty file of them, not those of an earlier run")
    func noLogits() throws {
        let logits = try folder.write("old", to: "logits.bin")
        let run = try Executable.run(["run", "-p", "Once", "-n", "0", "--logits", logits])
        #expect(run.code == 0, "\(run.errors)")
        #expect(try bytes(logits).isEmpty)
    }
}
