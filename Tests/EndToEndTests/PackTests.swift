import Foundation
import TestSupport
import Testing

@Suite("Packing and verifying")
struct PackTests {
    /// The model that is part of the package, in a folder of its own.
    private struct Copy {
        let folder: TemporaryFolder
        var model: String { folder.path + "/demo-00001-of-00001.gguf" }
        var store: String { folder.path + "/demo.sluice" }

        init() throws {
            folder = try TemporaryFolder()
            var package = URL(filePath: #filePath)
            for _ in 0..<3 { package.deleteLastPathComponent() }
            try FileManager.default.copyItem(
                atPath: package.appending(path: "Sources/Generation/Resources/demo-q8_0.gguf").path,
                toPath: model)
        }
    }

    @Test("a packed model is beside its source, is sound, and generates the same text")
    func packed() throws {
        let copy = try Copy()
        let packed = try Executable.run(["pack", copy.model, "--json"])
        #expect(packed.code == 0, "\(packed.errors)")
        let summary = try packed.object()
        #expect(summary["store"] as? String == copy.store)
        #expect(try #require(summary["ratio"] as? Double) < 1.02)
        #expect(summary["records"] as? Int == 12 * 32)

        let verified = try Executable.run(["verify", copy.store, "--source", copy.model, "--json"])
        #expect(verified.code == 0, "\(verified.errors)")
        #expect(try verified.object()["sound"] as? Bool == true)

        let prompt = ["-p", "Once upon a time", "-n", "20", "--temp", "0", "-q"]
        let original = try Executable.run(["run", "-m", copy.model] + prompt)
        let mapped = try Executable.run(["run", "-m", copy.store] + prompt)
        let streamed = try Executable.run(["run", "-m", copy.store, "--memory", "60M"] + prompt)
        #expect(original.code == 0 && !original.text.isEmpty)
        #expect(mapped.text == original.text && streamed.text == original.text)

        let again = try Executable.run(["pack", copy.model])
        #expect(again.code == 1 && again.errors.contains("--force"))
        #expect(try Executable.run(["pack", copy.model, "--force"]).code == 0)
    }

    @Test("a progressive store is sound, generates the same text whatever the memory, and cannot be mapped")
    func progressive() throws {
        let copy = try Copy()
        let packed = try Executable.run(["pack", copy.model, "--progressive", "--json"])
        #expect(packed.code == 0, "\(packed.errors)")
        let summary = try packed.object()
        #expect(summary["progressive"] as? Bool == true)
        #expect(try #require(summary["ratio"] as? Double) < 1.02)
        // 18 bytes of 34 in Q8_0.
        #expect(try #require(summary["prefix_share"] as? Double) == 18.0 / 34)
        // Weights in eight bits are noise to LZ4.
        #expect(abs(try #require(summary["lz4_saving"] as? Double)) < 0.05)
        let verified = try Executable.run(["verify", copy.store, "--source", copy.model])
        #expect(verified.code == 0, "\(verified.errors)")
        #expect(try Executable.run(["inspect", copy.store, "--check"]).code == 0)

        let prompt = ["-p", "Once upon a time", "-n", "20", "--temp", "0", "-q"]
        let original = try Executable.run(["run", "-m", copy.model] + prompt)
        for memory in [[], ["--memory", "60M"]] {
            let streamed = try Executable.run(["run", "-m", copy.store] + memory + prompt)
            #expect(streamed.text == original.text && !streamed.text.isEmpty, "\(streamed.errors)")
        }
        let mapped = try Executable.run(["run", "-m", copy.store, "--io", "mmap"] + prompt)
        #expect(mapped.code == 1 && mapped.errors.contains("progressive"), "\(mapped.errors)")
    }

    @Test("a damaged store is reported with its expert, and the exit code is 1")
    func damaged() throws {
        let copy = try Copy()
        #expect(try Executable.run(["pack", copy.model]).code == 0)
        let handle = try FileHandle(forUpdating: URL(filePath: copy.store))
        let end = try handle.seekToEnd()
        try handle.seek(toOffset: end - 1)
        let last = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: end - 1)
        try handle.write(contentsOf: [last ^ 1])
        try handle.close()
        let verified = try Executable.run(["verify", copy.store])
        #expect(verified.code == 1)
        #expect(verified.text.contains("expert 31 of layer 11"), "\(verified.text)")
        #expect(try Executable.run(["verify", copy.model]).code == 1)
        #expect(try Executable.run(["verify"]).code == 2)
    }

    @Test("a kill leaves what the same command goes on with")
    func killed() throws {
        let copy = try Copy()
        for file in [copy.store + ".part", copy.store + ".part.journal", copy.store] {
            let program = try RunningProgram(["pack", copy.model, "--force"])
            program.waitForFile(at: file)
            program.kill()
            _ = program.wait()
        }
        #expect(try Executable.run(["pack", copy.model, "--force"]).code == 0)
        #expect(try Executable.run(["verify", copy.store, "--source", copy.model]).code == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: copy.folder.path).sorted()
        #expect(names == ["demo-00001-of-00001.gguf", "demo.sluice"])
    }
}
