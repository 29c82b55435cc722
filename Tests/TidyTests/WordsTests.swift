import Testing

@Suite("Words")
struct WordsTests {
    @Test("sources use no construct that traps without saying why, prints, or reaches around the language")
    func banned() {
        expectNone(Repository.current.swiftFiles.flatMap(Words.bannedInSources))
        expectNone(Repository.current.swiftFiles.flatMap(Words.bannedInTests))
    }

    @Test("identifiers are the glossary's")
    func glossary() {
        expectNone(Repository.current.swiftFiles.flatMap(Words.glossaryMisuse))
    }

    @Test("notes of work to do name who will do it")
    func notes() {
        expectNone(Repository.current.files.flatMap(Words.ownerlessNotes))
    }

    @Test("no file holds a path of a build machine")
    func machinePaths() {
        expectNone(Repository.current.files.flatMap(Words.machinePaths))
    }

    private static func source(_ text: String) -> SourceFile {
        SourceFile(path: "Sources/Models/A.swift", text: text)
    }

    @Test(
        "a banned construct is found in code and left alone in text",
        arguments: [
            ("fatalError()", 1), ("print(1)", 1), ("let x = try! f()", 1), ("let x = y as! Z", 1),
            ("@inline(__always) func f() {}", 1), ("@_specialize func f() {}", 1),
            ("/// print(x)", 0), ("log(\"print(x) try! as!\")", 0), ("sprint(1); a.print(2)", 0),
        ])
    func badConstruct(text: String, count: Int) {
        #expect(Words.bannedInSources(Self.source(text)).count == count)
    }

    @Test("a test file may hold banned words in strings, not in code")
    func badTest() {
        let file = SourceFile(path: "Tests/ATests/A.swift", text: "let a = try! b()\nlet c = \"try! d\"\n")
        #expect(Words.bannedInTests(file).map(\.line) == [1])
    }

    @Test(
        "a word that is not the glossary's is found",
        arguments: ["let numExperts = 8", "var hiddenDim: Int", "let gateLogits = x", "let vocabSize = 1"])
    func badWord(text: String) {
        #expect(Words.glossaryMisuse(Self.source(text)).count == 1)
    }

    @Test("file spellings are allowed in string literals")
    func fileSpelling() {
        #expect(Words.glossaryMisuse(Self.source("let hiddenSize = metadata[\"hiddenDim\"]")).isEmpty)
    }

    @Test("a note without an owner is found")
    func badNote() {
        #expect(
            Words.ownerlessNotes(Self.source("// " + "TODO: later\n// " + "TODO(ann): soon")).map(\.line) == [
                1
            ])
    }

    @Test("a path of a build machine is found")
    func badPath() {
        #expect(Words.machinePaths(Self.source("let p = \"/ho" + "me/ann/model\"")).count == 1)
        #expect(Words.machinePaths(Self.source("let p = \"../shared/home/x\"")).isEmpty)
    }
}
