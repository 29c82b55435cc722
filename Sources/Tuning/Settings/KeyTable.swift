/// The table of all keys of a kind of file, as the pages about such files show it.
public enum KeyTable {
    /// Lines of a Markdown table, without a line's end behind the last.
    ///
    /// The column of options is there where any key stands for one.
    public static func markdown(of keys: [SettingKey]) -> String {
        let hasOptions = keys.contains { $0.option != nil }
        func line(_ path: String, _ option: String, _ rest: [String]) -> String {
            "| " + ([path] + (hasOptions ? [option] : []) + rest).joined(separator: " | ") + " |"
        }
        let names = ["type", "unit", "range", "default", "meaning"]
        let rows = keys.map { key in
            let columns = key.rule.columns
            return line(
                "`\(key.path)`", key.option.map { "`--\($0)`" } ?? "",
                [columns.type, columns.unit, columns.range, key.defaultText, key.summary])
        }
        let rule = line("---", "---", names.map { _ in "---" })
        return ([line("key", "option", names), rule] + rows).joined(separator: "\n")
    }
}
