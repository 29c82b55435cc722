import Foundation
import Testing
import Tuning

@Suite("The table of all keys")
struct ProfileReferenceTests {
    /// The folder `profiles/` of the package.
    static let folder: URL = {
        // Tests/TuningTests/Profiles/ProfileReferenceTests.swift
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root.appending(path: "profiles")
    }()

    @Test("profiles/README.md shows the keys as they are")
    func readme() throws {
        let text = try String(contentsOf: Self.folder.appending(path: "README.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").filter {
            $0.hasPrefix("| key ") || $0.hasPrefix("| `") || $0.hasPrefix("| ---")
        }
        let shown = rows.joined(separator: "\n")
        #expect(shown == ProfileReference.markdown, "the table should be:\n\(ProfileReference.markdown)")
    }

    @Test("no key and no option is there twice, and keys of a table stand together")
    func unique() {
        let keys = ProfileKeys.all
        #expect(Set(keys.map(\.path)).count == keys.count)
        let options = keys.compactMap(\.option)
        #expect(Set(options).count == options.count)
        var tables: [String] = []
        for key in keys where tables.last != key.table { tables.append(key.table) }
        #expect(Set(tables).count == tables.count)
    }
}
