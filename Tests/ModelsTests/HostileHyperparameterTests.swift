import Foundation
import Kernels
import ModelFiles
import Models
import TestSupport
import Testing

/// A number that cannot be is an error that names its key, whatever the key; a number that can be runs.
@Suite("Hostile hyperparameters are errors", .needsSharedFixtures)
struct HostileHyperparameterTests {
    /// What a number is replaced by.
    private static var numbers: [Any] {
        [
            0, -1, 1, 2, 3, 7, 1000, 65_537, 1 << 31, 1 << 40, Int.max, 0.0, 0.5, -2.5, 1e-30, 1e30, 1e300,
        ]
    }
    /// What any value is replaced by.
    private static var anything: [Any] {
        ["text", "", [Int](), [1, 2, 3], [0.5], ["a"], true, false, [1, "a"] as [Any]]
    }

    @Test("in config.json", arguments: ArchitectureOracleTests.checkpoints)
    func checkpoint(_ name: String) throws {
        let source = try SharedFixtures.path("fixtures/architectures/\(name)")
        let data = try Data(contentsOf: URL(fileURLWithPath: source + "/config.json"))
        let config = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/model.safetensors", withDestinationPath: source + "/model.safetensors")
        var (loaded, refused, number) = (0, 0, 0)
        for path in Self.paths(config) {
            for value in Self.numbers + Self.anything {
                number += 1
                guard Self.isChosen(number) else { continue }
                let changed = Self.replacing(path[...], in: config, by: value)
                let written = try JSONSerialization.data(withJSONObject: changed)
                try written.write(to: URL(fileURLWithPath: folder.path + "/config.json"))
                if Self.loadsAndRuns(folder.path) { loaded += 1 } else { refused += 1 }
            }
        }
        Report.line("hostile \(name): \(loaded) ran, \(refused) were refused")
        #expect(refused > 0 && loaded > 0)
    }

    @Test("in GGUF keys", arguments: ArchitectureOracleTests.ggufs)
    func gguf(_ name: String) throws {
        let original = try Data(
            contentsOf: URL(fileURLWithPath: try SharedFixtures.path("fixtures/gguf/\(name).gguf")))
        let folder = try TemporaryFolder()
        let path = folder.path + "/model.gguf"
        var (loaded, refused, number) = (0, 0, 0)
        for offset in Self.wordOffsets(original) {
            for word: UInt32 in [
                0, 1, 2, 3, 7, 1000, 65_537, 1 << 31, .max, 0x7F80_0000, 0x7FC0_0000, 0x0080_0000,
            ] {
                number += 1
                guard Self.isChosen(number) else { continue }
                var changed = original
                for byte in 0..<4 { changed[offset + byte] = UInt8(truncatingIfNeeded: word >> (8 * byte)) }
                try changed.write(to: URL(fileURLWithPath: path))
                if Self.loadsAndRuns(path) { loaded += 1 } else { refused += 1 }
            }
        }
        Report.line("hostile \(name).gguf: \(loaded) ran, \(refused) were refused")
        #expect(refused > 0 && loaded > 0)
    }

    @Test("weights that are no numbers run to an end", arguments: ArchitectureOracleTests.checkpoints)
    func weights(_ name: String) throws {
        let source = try SharedFixtures.path("fixtures/architectures/\(name)")
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            atPath: source + "/config.json", toPath: folder.path + "/config.json")
        var file = try Data(contentsOf: URL(fileURLWithPath: source + "/model.safetensors"))
        // The header's length stands in front of it in eight bytes; all ones are a NaN.
        let header = 8 + file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        file.replaceSubrange(header..<file.count, with: Data(repeating: 0xFF, count: file.count - header))
        try file.write(to: URL(fileURLWithPath: folder.path + "/model.safetensors"))
        #expect(Self.loadsAndRuns(folder.path))
    }

    /// One change of thirteen in the usual run, which meets every value, and all in the nightly one.
    private static func isChosen(_ number: Int) -> Bool { Nightly.isOn || number % 13 == 0 }

    /// Whether the model loads; then a few tokens run, too. A trap would end the test process.
    private static func loadsAndRuns(_ path: String) -> Bool {
        guard let run = try? ModelRun(path, chunk: 4, capacity: 8) else { return false }
        return (try? run.logits((1...6).map { TokenID($0) }))?.count == 6
    }

    /// The keys of a configuration, those of nested objects as paths.
    private static func paths(_ object: [String: Any]) -> [[String]] {
        object.keys.sorted().flatMap { key -> [[String]] in
            guard let nested = object[key] as? [String: Any] else { return [[key]] }
            return [[key]] + paths(nested).map { [key] + $0 }
        }
    }

    private static func replacing(
        _ path: ArraySlice<String>, in object: [String: Any], by value: Any
    ) -> [String: Any] {
        guard let key = path.first else { return object }
        var result = object
        if path.count == 1 {
            result[key] = value
        } else if let nested = object[key] as? [String: Any] {
            result[key] = replacing(path.dropFirst(), in: nested, by: value)
        }
        return result
    }

    private static let keyEndings = [
        "count", "length", "epsilon", "base", "factor", "window", "scale", "layers", "func", "beta_fast",
        "rank",
        "kernel", "size", "interval", "head_count_kv",
    ]

    /// Where the 32-bit values of the architecture's keys lie: behind the key's text and the type, which is 4
    /// or 6.
    private static func wordOffsets(_ file: Data) -> [Int] {
        let header = file.prefix(4000)
        var offsets: [Int] = []
        for key in keyEndings {
            var start = header.startIndex
            while let found = header.range(of: Data(key.utf8), in: start..<header.endIndex) {
                start = found.upperBound
                let value = found.upperBound + 4
                guard value + 4 <= header.endIndex else { break }
                let type = header[found.upperBound]
                if (type == 4 || type == 6) && header[found.upperBound + 1] == 0 { offsets.append(value) }
            }
        }
        return offsets
    }
}
