import Testing

@Suite("Documentation")
struct DocumentationTests {
    @Test("links and paths in documents lead somewhere")
    func links() {
        let repository = Repository.current
        let known = Set(repository.paths)
        expectNone(
            repository.files.flatMap { file in
                Documentation.deadLinks(file) { path in
                    let folder = path.hasSuffix("/") ? path : path + "/"
                    return path.isEmpty || known.contains(path) || known.contains { $0.hasPrefix(folder) }
                }
            })
    }

    @Test("what switches a safety check off says why it is safe")
    func unsafety() {
        expectNone(Repository.current.swiftFiles.flatMap(Documentation.unexplainedUnsafety))
    }

    @Test("Sources/README.md names every target")
    func walk() {
        let text = Repository.current.files.first { $0.path == "Sources/README.md" }?.text ?? ""
        for target in Repository.current.folders(in: "Sources") {
            #expect(text.contains("`\(target)`"), "\(target) is missing")
        }
    }

    private static func source(_ text: String) -> SourceFile {
        SourceFile(path: "Sources/Models/A.swift", text: text)
    }

    @Test(
        "a declaration without a doc comment is found",
        arguments: [
            ("public let a = 1", 1), ("package static func f() {}", 1), ("public final class C {}", 1),
            ("public private(set) var a = 1", 1), ("@inlinable\npublic func f(a: Int) {}", 1),
            ("// a comment\npublic var a = 1", 1), ("/// A.\npublic let a = 1", 0),
            ("/// A.\n@inlinable\n@discardableResult\npublic func f() {}", 0), ("public import Kernels", 0),
            ("public extension A {}", 0),
            ("/// Has `a`.\nstruct S {\n    public let a = 1\n    public let b = 1\n}", 1),
            ("/// A.\nstruct S {\n    public init() {}\n    public init(b: Int) throws {}\n}", 1),
            ("public var description: String { \"\" }", 0), ("let a = 1", 0),
        ])
    func badDeclaration(text: String, count: Int) {
        #expect(Documentation.undocumentedDeclarations(Self.source(text)).count == count)
    }

    @Test("an unchecked promise without a reason is found")
    func badUnsafety() {
        let text =
            "final class A: @unchecked Sendable {}\n\n\n// One thread.\nfinal class B: @unchecked Sendable {}"
        #expect(Documentation.unexplainedUnsafety(Self.source(text)).map(\.line) == [1])
    }

    @Test("a link and a path that lead nowhere are found")
    func badLinks() {
        let file = SourceFile(
            path: "Sources/README.md",
            text: "[a](../README.md) [b](Gone.md#part) [c](https://example.org) `tools/gone` `tools/test`")
        let found = Documentation.deadLinks(file) { ["README.md", "tools/test"].contains($0) }
        #expect(found.map(\.message) == ["leads nowhere: Sources/Gone.md", "leads nowhere: tools/gone"])
    }
}
