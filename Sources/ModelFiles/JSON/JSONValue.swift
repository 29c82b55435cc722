/// A JSON value as it stands in a model's folder (`config.json`, a shard index, a safetensors header,
/// `tokenizer.json`).
public enum JSONValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// A number without fraction and exponent that fits 64 bits.
    case integer(Int64)
    case real(Double)
    case string(String)
    case list([JSONValue])
    /// Members in the order of the file; no name occurs twice.
    case object([JSONMember])

    /// The member `name` of an object; nil where there is none or this is no object. Cost: linear in the
    /// members.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        // By bytes: equality of strings would also find names that only look the same.
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The text of a string; nil for anything else.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The value of an integer; nil for anything else.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The value of `true` and `false`; nil for anything else.
    public var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The elements of a list.
    public var list: [JSONValue]? {
        if case .list(let value) = self { value } else { nil }
    }

    /// The members of an object.
    public var object: [JSONMember]? {
        if case .object(let value) = self { value } else { nil }
    }

    /// What kind of value this is, for errors.
    public var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "true or false"
        case .integer: "an integer"
        case .real: "a number"
        case .string: "a string"
        case .list: "a list"
        case .object: "an object"
        }
    }
}

/// One name of a JSON object with its value.
public struct JSONMember: Sendable, Equatable {
    /// The name, unescaped.
    public let name: String
    /// What the name stands for.
    public let value: JSONValue

    /// Pairs a name with its value.
    public init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}
