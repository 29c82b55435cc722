import Testing

@Suite("Usage")
struct UsageTests {
    @Test(
        "what the targets offer, something in Sources uses",
        .enabled(if: Toolchain.swift != nil, "no swift on PATH"))
    func current() throws {
        let package = try PackageDescription.read(Repository.current.root)
        let imported = Set(package.targets.filter { !$0.isForTests }.flatMap(\.dependencyNames))
        #expect(imported.contains("Kernels") && !imported.contains("sluice"))
        // Nothing depends on the executable, which is a program's own.
        expectNone(Usage.unused(in: Repository.current.files, imported: imported.union(["sluice"])))
    }

    private func unused(_ text: String, user: String = "") -> [Int?] {
        let files = [
            SourceFile(path: "Sources/Kernels/A.swift", text: text),
            SourceFile(path: "Sources/Models/B.swift", text: user),
            SourceFile(path: "Tests/KernelsTests/ATests.swift", text: "a.prefault()"),
        ]
        return Usage.unused(in: files, imported: ["Kernels"]).map(\.line)
    }

    @Test(
        "a declaration that only its tests, comments or texts name is found",
        arguments: [
            "public func prefault() {}", "package static var prefault: Int { 1 }", "public let prefault = 1",
            "/// See prefault.\npublic func prefault() {}", "public func prefault() { log(\"prefault\") }",
        ])
    func badDeclaration(text: String) {
        #expect(unused(text).count == 1)
    }

    @Test("what no other target imports yet is left alone")
    func notImported() {
        let file = SourceFile(path: "Sources/Residency/A.swift", text: "public func prefault() {}")
        #expect(Usage.unused(in: [file], imported: ["Kernels"]).isEmpty)
        #expect(Usage.unused(in: [file], imported: ["Residency"]).count == 1)
    }

    @Test("one that is used, fulfils a protocol, or is not offered is left alone")
    func goodDeclaration() {
        #expect(unused("public func prefault() {}", user: "a.prefault()").isEmpty)
        #expect(unused("public func prefault() {}", user: "protocol P { func prefault() }").isEmpty)
        #expect(unused("private func prefault() {}").isEmpty)
    }
}
