import Foundation
import TestSupport
import Testing

@Suite("sluice doctor and the disk")
struct DoctorTests {
    private let folder: TemporaryFolder
    private let environment: [String: String]
    private let file: String

    init() throws {
        folder = try TemporaryFolder()
        environment = ["XDG_CACHE_HOME": folder.path + "/cache"]
        file = try folder.write([UInt8](repeating: 3, count: 24 << 20), to: "file")
    }

    @Test("measures the settings that it is told, and keeps nothing of them")
    func measuresSome() throws {
        let outcome = try Executable.run(
            [
                "doctor", "--disk", "--json", "-m", file, "--rounds", "2", "--expert", "1000K", "--reads",
                "direct-threads:256K:2,buffered-threads:1M:1,mmap:512K:2",
            ], environment: environment)
        let object = try outcome.object()
        let measured = try #require(object["measured"] as? [[String: Any]])
        let refused = try #require(object["refused"] as? [[String: Any]])
        #expect(measured.count + refused.count == 3, "\(outcome.text)")
        for one in measured {
            #expect(one["samples"] as? Int == 2)
            #expect(try #require(one["bytes_per_second"] as? Double) > 0)
            let expert = try #require(one["expert_seconds"] as? [String: Double])
            #expect(try #require(expert["p50"]) <= (try #require(expert["p99"])))
        }
        #expect(object["kept_in"] is NSNull)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/cache"))
    }

    @Test("refuses settings and files that cannot be measured")
    func refuses() throws {
        for reads in ["", "mmap", "mmap:1M", "mmap:1000:1", "mmap:1M:0", "pigeon:1M:1"] {
            let outcome = try Executable.run(["doctor", "--disk", "-m", file, "--reads", reads])
            #expect(outcome.code == 2, "\(reads): \(outcome.errors)")
        }
        let small = try folder.write("small", to: "small")
        let outcome = try Executable.run(["doctor", "--disk", "-m", small])
        #expect(outcome.code == 1 && outcome.errors.contains("too few to measure"))
    }

    @Test("writes a machine file that a replay reads")
    func machine() throws {
        let path = folder.path + "/machine.toml"
        let outcome = try Executable.run(["doctor", "--machine", path, "--json"], environment: environment)
        let object = try outcome.object()
        let disk = try #require(object["disk"] as? [String: Double])
        #expect(try #require(disk["bytes_per_second"]) > 0 && object["written"] as? String == path)
        #expect(try #require(object["weight_share"] as? Double) > 0)
        let trace = try folder.write(
            "# layers 1 experts 4 top_k 1\nsequence,step,token,layer,slot,expert\n0,0,7,0,0,1\n",
            to: "trace.csv")
        let replay = try Executable.run(
            ["replay", trace, "--policy", "lru", "--machine", path, "--json"], environment: environment)
        let results = try #require(try replay.object()["results"] as? [[String: Any]])
        #expect(try #require(results.first?["tokens_per_second"] as? Double) > 0)
        let own = folder.path + "/own.sltrace"
        try #require(
            try Executable.run(["run", "-p", "Once", "-n", "4", "--trace", own], environment: environment)
                .code == 0)
        let command = ["replay", own, "--policy", "lru", "--predictor", "recorded", "--machine", path]
        #expect(try Executable.run(command, environment: environment).code == 0)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try folder.write(
            text.replacing(/fingerprint = ".*"/, with: "fingerprint = \"of another\""), to: "machine.toml")
        let refused = try Executable.run(command, environment: environment)
        #expect(refused.code == 1 && refused.text.isEmpty)
        #expect(refused.errors.contains("was measured with model of another"), "\(refused.errors)")
    }

    @Test("a machine file that the environment names for others is not written over")
    func environmentalMachine() throws {
        let path = try folder.write("# by hand\n", to: "mine.toml")
        let outcome = try Executable.run(
            ["doctor"], environment: environment.merging(["SLUICE_MACHINE": path]) { $1 })
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "# by hand\n")
    }

    @Test("measures a model with recurrent layers, which forget nothing")
    func recurrent() throws {
        let model = Command.packageFolder.appending(
            path: "Tests/ModelsTests/Fixtures/variants/qwen3_next-three-heads")
        let path = folder.path + "/machine.toml"
        let outcome = try Executable.run(
            ["doctor", "--machine", path, "-m", model.path, "--json"], environment: environment)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try #require(try outcome.object()["weight_share"] as? Double) > 0)
    }
}
