import Testing

@Suite("Sizes")
struct SizesTests {
    private static func allowances() -> (allowances: [Allowance], violations: [Violation]) {
        let file = Repository.current.files.first { $0.path == Allowance.file }
        return Allowance.parse(file?.text ?? "")
    }

    @Test("files, functions and lines stay within their limits")
    func repository() {
        let (allowances, violations) = Self.allowances()
        expectNone(violations)
        expectNone(Sizes.violations(in: Repository.current.files, allowances: allowances))
    }

    @Test("public and package declarations have doc comments")
    func documented() {
        let requirements = Documentation.requirements(Repository.current.swiftFiles)
        let found = Repository.current.files.map { file in
            (file, Documentation.undocumentedDeclarations(file, requirements: requirements))
        }
        let counts = found.map { (path: $0.path, line: $1.first?.line, value: $1.count) }
        let failing = Documentation.undocumented.violations(counts, allowances: Self.allowances().allowances)
        expectNone(failing)
        let paths = Set(failing.map(\.path))
        expectNone(found.filter { paths.contains($0.0.path) }.flatMap { $0.1 })
    }

    @Test("a long line, a long function and a long file are found")
    func badSizes() {
        let long = String(repeating: "x", count: 111)
        let body = String(repeating: "    a()\n", count: 70)
        let file = SourceFile(path: "Sources/Models/A.swift", text: "// \(long)\nfunc f() {\n\(body)}\n")
        let tall = SourceFile(path: "Sources/Models/B.swift", text: String(repeating: "\n", count: 501))
        #expect(
            Sizes.violations(in: [file, tall], allowances: []).map(\.description) == [
                "Sources/Models/B.swift: 501 lines in the file, at most 500",
                "Sources/Models/A.swift:2: 72 lines in the function, at most 70",
                "Sources/Models/A.swift:1: 114 columns, at most 110",
            ])
    }

    @Test("an allowance holds up to its value, and must be lowered or removed when it can be")
    func allowance() {
        let file = SourceFile(path: "a.swift", text: String(repeating: "\n", count: 600))
        func count(_ value: Int) -> [String] {
            let allowed = Allowance(rule: "fileLines", path: "a.swift", value: value, reason: "a table")
            return Sizes.violations(in: [file], allowances: [allowed]).map(\.message)
        }
        #expect(count(600).isEmpty)
        #expect(count(599) == ["600 lines in the file, at most 599"])
        #expect(count(601) == ["fileLines a.swift can be lowered to 600"])
        let small = SourceFile(path: "a.swift", text: "\n")
        let kept = Allowance(rule: "fileLines", path: "a.swift", value: 600, reason: "a table")
        #expect(Sizes.violations(in: [small], allowances: [kept]).count == 1)
        #expect(Sizes.violations(in: [], allowances: [kept]).count == 1)
    }

    @Test("an allowance without a reason is refused")
    func badAllowance() {
        #expect(Allowance.parse("fileLines a.swift 600").violations.count == 1)
        #expect(Allowance.parse("# comment\nfileLines a.swift 600 a table").allowances.count == 1)
    }
}
