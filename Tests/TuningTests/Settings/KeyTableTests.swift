import Foundation
import Testing
import Tuning

@Suite("The tables of all keys")
struct KeyTableTests {
    /// The folder `profiles/` of the package.
    static let folder: URL = {
        // Tests/TuningTests/Settings/KeyTableTests.swift
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root.appending(path: "profiles")
    }()

    @Test(
        "the pages about profiles and about machines show the keys as they are",
        arguments: [("README.md", ProfileKeys.all), ("machines/README.md", MachineKeys.all)])
    func pages(name: String, keys: [SettingKey]) throws {
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        let rows = text.split(separator: "\n").filter {
            $0.hasPrefix("| key ") || $0.hasPrefix("| `") || $0.hasPrefix("| ---")
        }
        let table = KeyTable.markdown(of: keys)
        #expect(rows.joined(separator: "\n") == table, "the table of \(name) should be:\n\(table)")
    }

    @Test("every machine file of the package is read, has a model, and stands in the list")
    func machines() throws {
        let folder = Self.folder.appending(path: "machines")
        let list = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".toml")
        }
        #expect(!names.isEmpty)
        for name in names {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
            let machine = try MachineFile(bytes, path: name)
            #expect(machine.model?.expertBytes ?? 0 > 0 && !machine.name.isEmpty, "\(name)")
            #expect(list.contains("[`\(name)`](\(name))"), "\(name)")
        }
    }

    @Test(
        "no key and no option is there twice, and keys of a table stand together",
        arguments: [ProfileKeys.all, MachineKeys.all])
    func unique(keys: [SettingKey]) {
        #expect(Set(keys.map(\.path)).count == keys.count)
        let options = keys.compactMap(\.option)
        #expect(Set(options).count == options.count)
        var tables: [String] = []
        for key in keys where tables.last != key.table { tables.append(key.table) }
        #expect(Set(tables).count == tables.count)
    }
}
