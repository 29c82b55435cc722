import Foundation
import Generation
import ModelFiles
import Testing

@Suite("JSON writing")
struct JSONWritingTests {
    @Test("what is written is read back the same")
    func roundTrip() throws {
        let value = JSONValue.members([
            "null": .null, "yes": .boolean(true), "int": .integer(-42), "real": .real(0.1),
            "small": .real(1e-300),
            "text": .string("quote \" slash \\ tab \t newline \n bell \u{7} é 日 😀"),
            "list": .list([.integer(1), .real(2.5), .null]),
            "nested": .list([.members(["a": .list([])]), .string("b")]),
            "empty": .members([:]),
        ])
        #expect(try JSONValue.parse(value.text, path: "test") == value)
        #expect(try JSONSerialization.jsonObject(with: Data(value.text.utf8)) is [String: Any])
    }

    @Test("what JSON lacks becomes null")
    func notNumbers() {
        #expect(JSONValue.list([.real(.nan), .real(.infinity), .real(1)]).text == "[null, null, 1.0]")
    }

    @Test("the receipt has every documented field")
    func receipt() throws {
        var receipt = Receipt()
        receipt.decodeSteps = 10
        receipt.decodeSeconds = 1
        receipt.bytesPerToken = 1000
        receipt.memoryBandwidth = MemoryBandwidth(bytesPerSecond: 20_000, bufferBytes: 1 << 20)
        let json = receipt.json
        let names = [
            "model", "fingerprint", "architecture", "threads", "instruction_set", "memory_budget",
            "memory_peak",
            "expert_slots", "residency", "prompt_tokens", "generated_tokens", "prefill_seconds",
            "decode_seconds",
            "prefill_tokens_per_second", "decode_tokens_per_second", "experts", "bytes_read", "stall_seconds",
            "compute_seconds", "io", "prefetch", "precision", "law",
        ]
        for name in names { #expect(json[name] != nil, "\(name)") }
        let inner = [
            "experts": ["requests", "hits", "misses", "hit_rate"],
            "bytes_read": ["demand", "speculative_used", "speculative_wasted", "dense"],
            "io": ["method", "block_bytes", "queue_depth", "bandwidth"],
            "prefetch": ["predictor", "state", "recall", "precision", "net_seconds_per_token"],
            "precision": ["mode", "full", "low", "skipped", "guard"],
            "law": [
                "compute_floor_seconds", "disk_floor_seconds", "share", "bandwidth", "bandwidth_probe_bytes",
            ],
        ]
        for (name, fields) in inner {
            for field in fields { #expect(json[name]?[field] != nil, "\(name).\(field)") }
        }
        // 1000 bytes at 20,000 per second are 0.05 s, half of the 0.1 s that a token took.
        #expect(json["law"]?["share"] == .real(0.5))
        #expect(json["law"]?["bandwidth"] == .real(20_000))
        #expect(json["law"]?["bandwidth_probe_bytes"] == .integer(1 << 20))
    }

    @Test("bandwidths of buffers of different sizes are kept apart")
    func probes() {
        let small = BandwidthProbe.bandwidth(threadCount: 1, modelBytes: 10 << 20)
        let large = BandwidthProbe.bandwidth(threadCount: 1)
        #expect(small.bufferBytes == 10 << 20 && large.bufferBytes == BandwidthProbe.bufferBytes)
        #expect(small.bytesPerSecond > 0 && large.bytesPerSecond > 0)
        // Measured once: the very same figure.
        #expect(BandwidthProbe.bandwidth(threadCount: 1, modelBytes: 10 << 20) == small)
    }
}
