/// Heads and rows of tables.
enum TableText {
    /// A column of a table whose rows are made from values.
    struct Column<Value> {
        let name: String
        let isNumber: Bool
        let text: (Value) -> String

        init(_ name: String, isNumber: Bool = false, _ text: @escaping (Value) -> String) {
            self.name = name
            self.isNumber = isNumber
            self.text = text
        }

        static func number(_ name: String, _ text: @escaping (Value) -> String) -> Column {
            Column(name, isNumber: true, text)
        }
    }

    static func head<Value>(_ columns: [Column<Value>], into markup: inout Markup) {
        markup.element("thead") { head in
            head.element("tr") { row in
                for column in columns {
                    row.element(
                        "th", ["scope": "col", "class": column.isNumber ? "n" : ""], text: column.name)
                }
            }
        }
    }

    /// - Parameter isLimit: set apart from what can be had.
    static func row(
        _ cells: [String], _ areNumbers: [Bool], isLimit: Bool, into markup: inout Markup
    ) {
        markup.element("tr", ["class": isLimit ? "limit" : ""]) { row in
            for (cell, isNumber) in zip(cells, areNumbers) {
                row.element("td", ["class": isNumber ? "n" : ""], text: cell)
            }
        }
    }
}
