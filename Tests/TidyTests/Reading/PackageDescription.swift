import Foundation

/// The targets of Package.swift and what each declares to depend on, as SwiftPM itself reads them.
struct PackageDescription: Decodable {
    struct Target: Decodable {
        let name: String
        let type: String
        let dependencies: [Dependency]
        /// Nil for the usual place.
        var path: String?

        /// Tests, and what only they use.
        var isForTests: Bool { type == "test" || path?.hasPrefix("Tests/") == true }

        /// Names of targets of this package and of products of others.
        var dependencyNames: [String] { dependencies.compactMap(\.name) }
    }

    struct Dependency: Decodable {
        let name: String?

        /// SwiftPM writes `{"byName": ["Kernels", null]}`, and the same with `target` or `product`.
        init(from decoder: any Decoder) throws {
            let kinds = try decoder.singleValueContainer().decode([String: [Entry]].self)
            name = kinds.values.first?.first?.text
        }

        init(_ name: String) { self.name = name }
    }

    /// An element of a dependency's list: the name first, then what does not matter here.
    private struct Entry: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            text = try? decoder.singleValueContainer().decode(String.self)
        }
    }

    let targets: [Target]

    /// Asks SwiftPM, with a scratch folder of its own: the usual one may be locked by the run that this test
    /// is in.
    static func read(_ root: URL) throws -> PackageDescription {
        let scratch = FileManager.default.temporaryDirectory.appending(
            path: "sluice-tidy-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let (status, output) = try Toolchain.run(
            ["package", "--scratch-path", scratch.path, "dump-package"], in: root)
        guard status == 0, let start = output.firstIndex(of: UInt8(ascii: "{")) else {
            throw UnreadablePackage(description: String(decoding: output, as: UTF8.self))
        }
        return try JSONDecoder().decode(PackageDescription.self, from: output[start...])
    }

    struct UnreadablePackage: Error, CustomStringConvertible {
        let description: String
    }
}
