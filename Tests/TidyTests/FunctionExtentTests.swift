import Testing

@Suite("Function extents")
struct FunctionExtentTests {
    @Test("measures Swift functions and initialisers, and skips requirements without a body")
    func swift() {
        let text = """
            protocol P {
                func required() -> Int
                func other()
            }
            struct S {
                public init(a: Int) { self.a = a }
                static func f(
                    _ x: Int
                ) -> Int {
                    if x > 0 { return 1 }
                    return 2
                }
            }
            """
        let found = FunctionExtent.all(in: SourceFile(path: "a.swift", text: text))
        #expect(found.map(\.name) == ["init", "f"])
        #expect(found.map(\.lineCount) == [1, 6])
    }

    @Test("measures C functions")
    func c() {
        let text =
            "int f(void);\nstatic float g(const float *x,\n               int n)\n{\n    return x[n];\n}\n"
        let found = FunctionExtent.all(in: SourceFile(path: "a.c", text: text))
        #expect(found == [FunctionExtent(name: "g", line: 2, lineCount: 5)])
    }

    @Test("measures Python functions")
    func python() {
        let text =
            "def f(a):\n    return a\n\n\nclass C:\n    def g(self):\n        x = 1\n\n        return x\n"
        let found = FunctionExtent.all(in: SourceFile(path: "a.py", text: text))
        #expect(found.map(\.name) == ["f", "g"])
        #expect(found.map(\.lineCount) == [2, 4])
    }
}
