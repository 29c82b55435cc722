import TOMLKit

/// A value as it stands in a file.
enum FoundValue: Equatable {
    case integer(Int)
    case number(Double)
    case text(String)
    case boolean(Bool)
    /// A date, a table or a list, which no setting is.
    case other(String)

    init(_ value: some TOMLValueConvertible) {
        if let integer = value.int {
            self = .integer(integer)
        } else if let number = value.double {
            self = .number(number)
        } else if let text = value.string {
            self = .text(text)
        } else if let boolean = value.bool {
            self = .boolean(boolean)
        } else {
            self = .other(value.type == .array ? "a list" : "a \(value.type)")
        }
    }

    /// The value as an error shows it, with what it is where that is not plain from how it looks.
    var shown: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let text): "\"\(text.prefix(60))\(text.count > 60 ? "..." : "")\""
        case .boolean(let value): "\(value)"
        case .other(let what): what
        }
    }
}
