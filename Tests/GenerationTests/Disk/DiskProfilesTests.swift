import ExpertStorage
import Foundation
import Generation
import TestSupport
import Testing

@Suite("What is kept of a user's disks")
struct DiskProfilesTests {
    private let folder: TemporaryFolder
    private let profiles: DiskProfiles
    private let disk: DiskIdentity

    init() throws {
        folder = try TemporaryFolder()
        profiles = try #require(DiskProfiles(environment: ["XDG_CACHE_HOME": folder.path]))
        try folder.write("model", to: "model")
        disk = try #require(DiskIdentity.read(of: folder.path + "/model"))
    }

    private func choice(depth: Int = 4) -> ReadChoice {
        ReadChoice(
            plan: ReadPlan(method: .directThreads, blockBytes: 1 << 20, depth: depth), bytesPerSecond: 1.25e9,
            blockSeconds: 0.0031)
    }

    private func load() -> (profile: DiskProfile?, problem: String?) {
        profiles.load(for: folder.path + "/model")
    }

    @Test("lies where the environment says, and nowhere without a home")
    func place() {
        #expect(profiles.path == folder.path + "/sluice/disks.json")
        #expect(DiskProfiles(environment: ["HOME": "/h"])?.path == "/h/.cache/sluice/disks.json")
        let relative = DiskProfiles(environment: ["XDG_CACHE_HOME": "x", "HOME": "/h"])
        #expect(relative?.path == "/h/.cache/sluice/disks.json")
        #expect(DiskProfiles(environment: [:]) == nil)
    }

    @Test("comes back as it was kept, by the disk under the file, and the latest counts")
    func comesBack() throws {
        #expect(load().profile == nil && load().problem == nil)
        try profiles.store(DiskProfile(disk: disk, choice: choice()))
        #expect(load().profile == DiskProfile(disk: disk, choice: choice()))
        var other = disk
        other.kernel += "-next"
        try profiles.store(DiskProfile(disk: other, choice: choice(depth: 9)))
        #expect(load().profile?.choice.plan.depth == 4)
        try profiles.store(DiskProfile(disk: disk, choice: choice(depth: 8)))
        #expect(load().profile?.choice.plan.depth == 8)
        #expect(load().problem == nil)
    }

    @Test("is at most 64 disks, the latest ones")
    func forgets() throws {
        try profiles.store(DiskProfile(disk: disk, choice: choice()))
        for number in 0..<64 {
            var other = disk
            other.device = "1:\(number)"
            try profiles.store(DiskProfile(disk: other, choice: choice()))
        }
        #expect(load().profile == nil)
        try profiles.store(DiskProfile(disk: disk, choice: choice()))
        #expect(load().profile != nil)
    }

    @Test(
        "is ignored with a word, and then replaced, where the file is damaged",
        arguments: [
            "", "{", "[1]", #"{"version":2,"disks":[]}"#, #"{"version":1,"disks":{}}"#, #"{"disks":[]}"#,
            String(repeating: "[", count: 100_000), String(repeating: " ", count: 2 << 20), "\u{0}\u{1}",
        ])
    func survivesDamage(text: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/sluice", withIntermediateDirectories: true)
        try folder.write(text, to: "sluice/disks.json")
        #expect(load().profile == nil)
        #expect(load().problem?.contains("disks.json") == true)
        try profiles.store(DiskProfile(disk: disk, choice: choice()))
        #expect(load().profile?.choice == choice() && load().problem == nil)
    }

    @Test(
        "holds no profile that cannot be",
        arguments: [
            ("block_bytes", "0"), ("block_bytes", "4095"), ("block_bytes", "1099511627776"),
            ("block_bytes", "\"1\""), ("queue_depth", "-1"), ("queue_depth", "100000000"),
            ("queue_depth", "1"),
            ("queue_depth", "9223372036854775807"), ("bytes_per_second", "0"), ("bytes_per_second", "-5.0"),
            ("bytes_per_second", "1e300"), ("bytes_per_second", "null"), ("block_seconds", "-1.0"),
            ("method", "\"telepathy\""), ("device", "7"), ("kernel", "null"),
        ])
    func refusesValues(name: String, value: String) throws {
        try profiles.store(DiskProfile(disk: disk, choice: choice()))
        let text = try String(contentsOfFile: profiles.path, encoding: .utf8)
        let pattern = try Regex("\"\(name)\": [^,\n]*")
        let damaged = text.replacing(pattern, with: "\"\(name)\": \(value)")
        #expect(damaged != text)
        try folder.write(damaged, to: "sluice/disks.json")
        #expect(load().profile == nil)
        #expect(load().problem != nil)
    }

    @Test("an answer is what is kept, or measured now and kept, or assumed with the reason")
    func answers() throws {
        let small = folder.path + "/model"
        let assumed = DiskProbe.answer(for: [small], profiles: profiles)
        #expect(assumed.source == .assumed)
        #expect(assumed.notes.contains { $0.contains("too few to measure") })
        #expect(load().profile == nil)
        let large = try folder.write([UInt8](repeating: 5, count: 20 << 20), to: "large")
        let measured = DiskProbe.answer(for: [large], profiles: profiles)
        #expect(measured.source == .measured)
        #expect(load().profile?.choice == measured.choice)
        let kept = DiskProbe.answer(for: [large], profiles: profiles)
        #expect(kept.source == .kept && kept.choice == measured.choice && kept.notes.isEmpty)
        // A folder in the file's place can be neither read nor replaced.
        try FileManager.default.removeItem(atPath: profiles.path)
        try FileManager.default.createDirectory(
            atPath: profiles.path + "/in-the-way", withIntermediateDirectories: true)
        let unkept = DiskProbe.answer(for: [large], profiles: profiles)
        #expect(unkept.source == .measured)
        #expect(unkept.notes.contains { $0.contains("cannot be kept") })
    }
}
