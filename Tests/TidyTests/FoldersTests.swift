import Testing

@Suite("Folders")
struct FoldersTests {
    @Test("names say what files hold")
    func names() {
        expectNone(Folders.vagueNames(Repository.current.paths))
    }

    @Test("every target has a landing page")
    func landingPages() {
        let repository = Repository.current
        expectNone(Folders.missingLandingPages(repository.folders(in: "Sources"), files: repository.files))
    }

    @Test("fixtures and resources tell where they came from")
    func provenance() {
        expectNone(Folders.missingProvenance(Repository.current.paths))
    }

    @Test("every file is used")
    func deadFiles() {
        expectNone(Folders.deadFiles(Repository.current.paths, files: Repository.current.files))
    }

    @Test("a vague name is found, and a longer word that holds one is not")
    func badNames() {
        let paths = [
            "Sources/A/StringUtils.swift", "Sources/Common/B.swift", "tools/old-x.py",
            "Sources/A/Commonplace.swift",
        ]
        #expect(Folders.vagueNames(paths).map(\.path) == Array(paths.prefix(3)))
    }

    @Test("a missing and an overlong landing page are found")
    func badLandingPages() {
        let page = SourceFile(path: "Sources/A/A.docc/A.md", text: String(repeating: "x\n", count: 40))
        let long = SourceFile(path: "Sources/B/B.docc/B.md", text: String(repeating: "x\n", count: 61))
        let found = Folders.missingLandingPages(["A", "B", "C"], files: [page, long])
        #expect(found.map(\.path) == ["Sources/B/B.docc/B.md", "Sources/C/C.docc/C.md"])
    }

    @Test("fixtures without provenance are found")
    func badProvenance() {
        let paths = ["Tests/A/Fixtures/x.bin", "Tests/B/Fixtures/y.bin", "Tests/B/Fixtures/PROVENANCE.md"]
        #expect(Folders.missingProvenance(paths).map(\.path) == ["Tests/A/Fixtures"])
    }

    @Test("an empty source and a tool that nothing names are found")
    func badFiles() {
        let files = [
            SourceFile(path: "Sources/A/Empty.swift", text: "import Testing\n// nothing\n"),
            SourceFile(path: "tools/lost.py", text: "x = 1\n"),
            SourceFile(path: "README.md", text: "run tools/found.sh"),
            SourceFile(path: "tools/found.sh", text: "true\n"),
        ]
        #expect(
            Folders.deadFiles(files.map(\.path), files: files).map(\.path) == [
                "Sources/A/Empty.swift", "tools/lost.py",
            ])
    }
}
