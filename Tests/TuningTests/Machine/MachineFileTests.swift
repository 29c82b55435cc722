import Residency
import TestSupport
import Testing
import Tuning

@Suite("Machine files")
struct MachineFileTests {
    private static let least = """
        [disk]
        latency_us = 100
        bandwidth_mb_per_s = 7000
        [memory]
        bandwidth_mb_per_s = 60_000

        """

    private static func read(_ text: String) throws -> MachineFile {
        try MachineFile(Array(text.utf8), path: "m.toml")
    }

    private static func message(_ text: String) -> String? {
        do {
            _ = try read(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("three figures are enough, the others have defaults")
    func defaults() throws {
        let file = try Self.read(Self.least)
        #expect(
            file.machine
                == MachineModel(
                    disk: MachineModel.Disk(
                        latencySeconds: 100e-6, bytesPerSecond: 7e9, blockBytes: 512 << 10, depth: 16),
                    memoryBytesPerSecond: 60e9, layerOverheadSeconds: 20e-6,
                    spread: MachineModel.Spread(compute: 0.05, disk: 0.15)))
        #expect(file.model == nil)
    }

    @Test("units are those of the keys")
    func units() throws {
        let file = try Self.read(
            Self.least + """
                [processor]
                layer_overhead_us = 12.5
                spread_percent = 3
                [model]
                expert_kib = 1024
                dense_kib_per_layer = 2048
                weight_percent_of_memory = 50
                prompt_mb_per_s = 1000

                """)
        let model = try #require(file.model)
        #expect(file.machine.layerOverheadSeconds == 12.5e-6)
        #expect(file.machine.spread.compute == 0.03)
        #expect(model.denseBytesPerLayer == 2_097_152 && model.weightShare == 0.5)
        #expect(model.rowBytesPerSecond == 1e9)
        let numbering = ExpertNumbering(layerCount: 2, expertCount: 4)
        let unknown = TraceShape(numbering: numbering, expertsPerToken: 2)
        #expect(model.load(for: unknown)?.expertBytes == [1 << 20, 1 << 20])
        let known = TraceShape(numbering: numbering, expertsPerToken: 2, expertBytes: [5, 6])
        #expect(model.load(for: known)?.expertBytes == [5, 6])
    }

    @Test(
        "refuses what it does not know, what is missing and what cannot be",
        arguments: [
            (
                "[disk]\nlatency_us = 1\nbandwidth_mb_per_s = 1\n",
                "'m.toml' a machine file needs memory.bandwidth_mb_per_s beside it; add it"
            ),
            (
                "[disk]\nlatency = 1\n",
                "'m.toml', line 2, column 1: there is no key disk.latency; the nearest is disk.latency_us"
            ),
            (
                "[memory]\nbandwidth_mb_per_s = 0\n",
                "'m.toml', line 2, column 1: memory.bandwidth_mb_per_s is 0; expected a number from 1 to "
                    + "100000000 (megabytes of 10^6 per second)"
            ),
            (
                "[disk]\nlatency_us = 1\nbandwidth_mb_per_s = 1\n[memory]\nbandwidth_mb_per_s = 1\n[model]\n"
                    + "output_kib = 1\n",
                "'m.toml' [model] needs model.dense_kib_per_layer beside it; add it"
            ),
        ])
    func refusals(text: String, message: String) {
        #expect(Self.message(text) == message)
    }

    @Test("what is written reads as the same machine, to four digits")
    func roundTrip() throws {
        var file = try Self.read(
            Self.least + "[model]\nfingerprint = \"abc\"\ndense_kib_per_layer = 2048.4\noutput_kib = 7\n")
        file.name = "A \"quick\" machine\n"
        file.threads = 6
        file.machine.disk.latencySeconds = 123.456e-6
        file.machine.stepOverheadSeconds = 0
        let again = try Self.read(file.text(title: ["What it is", ""]))
        #expect(again.name == "A quick machine" && again.threads == 6)
        #expect(abs(again.machine.disk.latencySeconds - 123.5e-6) < 1e-12)
        #expect(again.machine.stepOverheadSeconds == 0)
        #expect(again.machine.spread == file.machine.spread)
        #expect(again.model?.fingerprint == "abc")
        #expect(abs((again.model?.denseBytesPerLayer ?? 0) / 1024 - 2048) < 0.5)
        #expect(again.model?.weightShare == file.model?.weightShare)
    }
}
