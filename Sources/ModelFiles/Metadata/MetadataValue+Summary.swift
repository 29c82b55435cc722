extension MetadataValue {
    /// The value as an error shows it: a list by its length, text quoted and cut.
    var summary: String {
        switch self {
        case .integer(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .real(let value): "\(value)"
        case .boolean(let value): "\(value)"
        case .string(let value): quoted(value)
        case .integers(let values): "a list of \(values.count) integers"
        case .reals(let values): "a list of \(values.count) numbers"
        case .booleans(let values): "a list of \(values.count) booleans"
        case .strings(let values): "a list of \(values.count) strings"
        case .list(let values): "a list of \(values.count) values"
        }
    }
}
