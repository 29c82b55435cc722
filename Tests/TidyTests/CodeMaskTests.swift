import Testing

@Suite("Code mask")
struct CodeMaskTests {
    @Test("keeps code and blanks comments and strings, in place")
    func separates() {
        let mask = CodeMask("let a = \"try! b\" // as! c")
        #expect(mask.codeLines == ["let a =" + String(repeating: " ", count: 18)])
        #expect(mask.commentLines == [String(repeating: " ", count: 17) + "// as! c"])
    }

    @Test("keeps the code inside an interpolation, and only that")
    func interpolation() {
        let code = CodeMask(#"f("x \(g(1) + "y") z", h)"#).codeLines[0]
        #expect(code.contains("g(1)"))
        #expect(code.contains(", h)"))
        #expect(!code.contains("x") && !code.contains("y") && !code.contains("z"))
    }

    @Test("understands raw and multiline strings and nested comments")
    func otherForms() {
        #expect(!CodeMask("let p = #\"a \\( \"b\" as! \"#").codeLines[0].contains("as!"))
        #expect(
            CodeMask("\"\"\"\n try! \"x\"\n\"\"\"\nlet y").codeLines == ["   ", "         ", "   ", "let y"])
        #expect(CodeMask("/* a /* b */ c */ d").codeLines[0].trimmingPrefix { $0 == " " } == "d")
    }
}
