import Foundation
import TestSupport
import Testing
import Tuning

@Suite("Profiles")
struct ProfileTests {
    /// A profile with every key.
    static let whole = """
        # A profile with every key.
        [memory]
        budget = "8G"
        expert_cache = "6.5G" # of it
        [threads]
        decode = 4
        prefill = 8
        [context]
        size_tokens = 8192
        batch_tokens = 256
        kv_type = "f16"
        [experts]
        io = "direct-threads"
        policy = "lfu"
        half_life_tokens = 64
        pools = "layer"
        allocation = "shallow"
        favoured_layers = 2
        prefetch = "off"
        precision = "exact"
        [tuned]
        model_fingerprint = "0123456789abcdef"
        machine = "8 cores"

        """

    @Test("values are what the options would be given, with their lines")
    func values() throws {
        let profile = try Profile(Array(Self.whole.utf8), path: "p.toml")
        let expected: [(option: String, text: String, line: Int)] = [
            ("memory", "8G", 3), ("expert-cache", "6.5G", 4), ("threads", "4", 6), ("threads-batch", "8", 7),
            ("ctx-size", "8192", 9), ("batch-size", "256", 10), ("kv-type", "f16", 11),
            ("io", "direct-threads", 13), ("policy", "lfu:64", 14), ("expert-pools", "layer", 16),
            ("allocation", "shallow:2", 17), ("prefetch", "off", 19), ("precision", "exact", 20),
        ]
        for (option, text, line) in expected {
            let value = try #require(profile.value(of: option), "\(option)")
            #expect(value.text == text && value.line == line, "\(option): \(value)")
        }
        #expect(profile.modelFingerprint == "0123456789abcdef")
        #expect(profile.value(of: "prompt") == nil)
        #expect(Set(expected.map(\.option)) == Set(ProfileKeys.all.compactMap(\.option)))
    }

    @Test("an empty file decides nothing")
    func empty() throws {
        let profile = try Profile([], path: "p.toml")
        #expect(ProfileKeys.all.allSatisfy { $0.option.map(profile.value(of:)) ?? nil == nil })
    }

    @Test(
        "keys that cannot stand together are refused with both lines and the reason",
        arguments: [
            (
                "experts.io = \"mmap\"\nexperts.policy = \"lru\"",
                "line 2, experts.policy conflicts with experts.io in line 1: io = \"mmap\" keeps no "
                    + "experts in slots; leave one of them out"
            ),
            (
                "memory.expert_cache = \"1G\"\n\nexperts.io = \"mmap\"",
                "line 3, experts.io conflicts with memory.expert_cache in line 1: io = \"mmap\" keeps "
                    + "no experts in slots; leave one of them out"
            ),
            (
                "experts.half_life_tokens = 8",
                "line 1, experts.half_life_tokens needs experts.policy beside it; add it"
            ),
            (
                "experts.policy = \"lru\"\nexperts.half_life_tokens = 8",
                "line 2, experts.half_life_tokens conflicts with experts.policy in line 1: \"lru\" "
                    + "takes no half-life; leave one of them out"
            ),
            (
                "experts.favoured_layers = 2",
                "line 1, experts.favoured_layers needs experts.allocation beside it; add it"
            ),
            (
                "experts.allocation = \"uniform\"\nexperts.favoured_layers = 2",
                "line 2, experts.favoured_layers conflicts with experts.allocation in line 1: "
                    + "\"uniform\" favours no layers; leave one of them out"
            ),
            (
                "experts.allocation = \"soft\"",
                "line 1, experts.allocation needs experts.favoured_layers beside it; add it"
            ),
            (
                "[experts]\nallocation = \"shallow\"\nfavoured_layers = 1\npools = \"global\"",
                "line 4, experts.pools conflicts with experts.allocation in line 2: \"shallow\" needs "
                    + "slots of each layer's own; leave one of them out"
            ),
            (
                "[experts]\nallocation = \"soft\"\nfavoured_layers = 1\npools = \"layer\"",
                "line 4, experts.pools conflicts with experts.allocation in line 2: \"soft\" needs one "
                    + "pool of all layers; leave one of them out"
            ),
            (
                "[experts]\npolicy = \"arc\"\nallocation = \"soft\"\nfavoured_layers = 1",
                "line 3, experts.allocation conflicts with experts.policy in line 2: \"soft\" needs a "
                    + "policy that ranks by a priority, such as lfu; leave one of them out"
            ),
            (
                "[memory]\nbudget = \"4G\"\nexpert_cache = \"4.5G\"",
                "line 3, memory.expert_cache conflicts with memory.budget in line 2: \"4.5G\" is more "
                    + "than the whole process's \"4G\"; leave one of them out"
            ),
        ])
    func conflicts(text: String, message: String) {
        let error = #expect(throws: TuningError.self) { try Profile(Array(text.utf8), path: "p.toml") }
        let shown = error?.description.replacing(", column 1:", with: ",")
        #expect(shown == "'p.toml', \(message)")
    }

    @Test("a policy of auto and one whose experts have weights go with everything")
    func compatible() throws {
        for text in [
            "experts.io = \"mmap\"\nexperts.policy = \"auto\"\nmemory.expert_cache = \"auto\"",
            "[experts]\nallocation = \"soft\"\nfavoured_layers = 1\npolicy = \"lru\"\npools = \"global\"",
            "[memory]\nbudget = \"50%\"\nexpert_cache = \"900G\"",
        ] {
            #expect(throws: Never.self) { try Profile(Array(text.utf8), path: "p.toml") }
        }
    }

    @Test("every profile of the package is read, says where its values come from, and stands in the list")
    func shipped() throws {
        let folder = KeyTableTests.folder
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".toml")
        }
        #expect(names.count >= 8)
        let list = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
        for name in names {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
            let profile = try Profile(bytes, path: name)
            #expect(profile.value(of: "memory") != nil, "\(name)")
            #expect(list.contains("[`\(name)`](\(name))"), "\(name)")
            // A comment stands above every value.
            let lines = String(decoding: bytes, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false)
            for entry in profile.file.entries {
                #expect(lines[entry.place.line - 2].hasPrefix("#"), "\(name), line \(entry.place.line)")
            }
        }
    }
}
