import Residency

/// A key of a TOML file of settings: where it stands, what it may hold and what it means.
public struct SettingKey: Sendable, Equatable {
    /// The table that it stands in: `memory`.
    public let table: String
    /// Its name in the table: `budget`.
    public let name: String
    /// The command-line option that it stands for, without dashes; nil where there is none.
    public let option: String?
    /// What it may hold.
    public let rule: KeyRule
    /// What holds where it is missing, in the words of the table of all keys.
    public let defaultText: String
    /// One sentence.
    public let summary: String

    init(
        _ table: String, _ name: String, option: String? = nil, _ rule: KeyRule, default defaultText: String,
        _ summary: String
    ) {
        self.table = table
        self.name = name
        self.option = option
        self.rule = rule
        self.defaultText = defaultText
        self.summary = summary
    }

    /// `memory.budget`.
    public var path: String { "\(table).\(name)" }
}

extension [SettingKey] {
    /// The key at `table` and `name`.
    func key(_ table: String, _ name: String) -> SettingKey? {
        first { $0.table == table && $0.name == name }
    }

    /// What to write instead of `parts`, which is no key: the nearest one, or what there is.
    func advice(for parts: [String]) -> String {
        let name = parts.last ?? ""
        let table = parts.count > 1 ? parts[0] : nil
        // Who knows the command line writes its names.
        let asOption = name.lowercased().replacing("_", with: "-")
        if let key = first(where: { $0.option == asOption && $0.name != name }) {
            return "--\(asOption) is \(key.path) here"
        }
        let whole = parts.joined(separator: ".")
        let ranked = map { key in
            let distance = EditDistance.between(name, key.name) + (table == key.table ? 0 : 1)
            return (key, Swift.min(distance, EditDistance.between(whole, key.path)))
        }
        if let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= Swift.max(name.count / 2, 1) {
            return "the nearest is \(best.0.path)"
        }
        let tables = reduce(into: [String]()) { if !$0.contains($1.table) { $0.append($1.table) } }
        if let table, tables.contains(table) {
            let names = filter { $0.table == table }.map(\.name)
            return "the keys of [\(table)] are \(names.joined(separator: ", "))"
        }
        if let nearest = EditDistance.nearest(to: parts[0], among: tables) {
            return "the nearest table is [\(nearest)]"
        }
        return "the tables are \(tables.map { "[\($0)]" }.joined(separator: ", "))"
    }
}
