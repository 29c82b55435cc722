/// How long files, functions and lines may be.
enum Sizes {
    static let fileLines = Ratchet(rule: "fileLines", limit: 500, unit: "lines in the file")
    static let functionLines = Ratchet(rule: "functionLines", limit: 70, unit: "lines in the function")
    static let lineColumns = Ratchet(rule: "lineColumns", limit: 110, unit: "columns")

    /// What people write and read; data and licence texts have the form that they have.
    static func areMeasured(_ file: SourceFile) -> Bool {
        ["swift", "c", "h", "py", "sh", "md"].contains(file.suffix)
    }

    static func violations(in files: [SourceFile], allowances: [Allowance]) -> [Violation] {
        let measured = files.filter(areMeasured)
        let lengths = measured.map { (path: $0.path, line: Int?.none, value: $0.lines.count - 1) }
        let functions = measured.map { file -> (path: String, line: Int?, value: Int) in
            let longest = FunctionExtent.all(in: file).max { $0.lineCount < $1.lineCount }
            return (file.path, longest?.line, longest?.lineCount ?? 0)
        }
        let columns = measured.map { file -> (path: String, line: Int?, value: Int) in
            let widths = file.lines.map { isTableOrLink($0, in: file) ? 0 : $0.count }
            let widest = widths.indices.max { widths[$0] < widths[$1] }
            return (file.path, widest.map { $0 + 1 }, widest.map { widths[$0] } ?? 0)
        }
        return fileLines.violations(lengths, allowances: allowances)
            + functionLines.violations(functions, allowances: allowances)
            + lineColumns.violations(columns, allowances: allowances)
    }

    /// Rows of tables cannot be wrapped, nor can addresses.
    private static func isTableOrLink(_ line: String, in file: SourceFile) -> Bool {
        file.suffix == "md" && (line.hasPrefix("|") || line.contains("https://"))
    }
}
