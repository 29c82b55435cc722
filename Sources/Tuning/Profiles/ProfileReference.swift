/// The table of all keys, as `profiles/README.md` holds it.
public enum ProfileReference {
    /// Lines of a Markdown table, without a line's end behind the last.
    public static var markdown: String {
        let header = ["key", "option", "type", "unit", "range", "default", "meaning"]
        let rows = ProfileKeys.all.map { key in
            let columns = key.rule.columns
            return [
                "`\(key.path)`", key.option.map { "`--\($0)`" } ?? "", columns.type, columns.unit,
                columns.range, key.defaultText, key.summary,
            ]
        }
        let rule = header.map { _ in "---" }
        return ([header, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }
}
