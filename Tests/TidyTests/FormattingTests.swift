import Foundation
import Testing

@Suite("Formatting")
struct FormattingTests {
    @Test(
        "all Swift files are as the formatter writes them",
        .enabled(if: Toolchain.swift != nil, "no swift on PATH"))
    func repository() throws {
        expectNone(try complaints(about: ["Sources", "Tests", "Package.swift"], in: Repository.current.root))
    }

    @Test("a file that is not is found", .enabled(if: Toolchain.swift != nil, "no swift on PATH"))
    func badFile() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "sluice-format-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let rules = try Data(contentsOf: Repository.current.root.appending(path: ".swift-format"))
        try rules.write(to: folder.appending(path: ".swift-format"))
        try Data("func f() {\n  g()\n}\n".utf8).write(to: folder.appending(path: "A.swift"))
        #expect(try complaints(about: ["A.swift"], in: folder).count == 1)
    }

    private func complaints(about paths: [String], in folder: URL) throws -> [Violation] {
        let arguments = ["format", "lint", "--strict", "--parallel", "--recursive"] + paths
        let (status, output) = try Toolchain.run(arguments, in: folder)
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        if status != 0 && lines.isEmpty { return [Violation("swift format", "ended with status \(status)")] }
        return lines.map { Violation("formatter", $0) }
    }
}
