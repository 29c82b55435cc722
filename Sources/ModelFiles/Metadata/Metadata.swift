/// The metadata of a model file: GGUF keys as they are, `config.json` with nested keys joined by dots
/// (`rope_parameters.rope_theta`) and JSON null left out.
///
/// The typed look-ups return nil where the key is absent and throw where its value has another type or does
/// not fit.
public struct Metadata: Sendable {
    /// Every key with its value.
    public let values: [String: MetadataValue]
    /// The file that errors name.
    public let path: String

    /// Wraps what a reader of a container found.
    public init(values: [String: MetadataValue], path: String) {
        self.values = values
        self.path = path
    }

    /// A non-negative integer; integral reals are accepted, because JSON writers produce them.
    public func count(_ key: String) throws(ModelFileError) -> Int? {
        switch values[key] {
        case nil: return nil
        case .integer(let value) where value >= 0: return Int(value)
        case .unsigned(let value) where value <= UInt64(Int.max): return Int(value)
        case .real(let value) where value >= 0 && value <= 1e15 && value == value.rounded(): return Int(value)
        case let other?: throw wrongType(key, other, expected: "a non-negative integer")
        }
    }

    /// A finite number, integers included.
    public func real(_ key: String) throws(ModelFileError) -> Double? {
        switch values[key] {
        case nil: return nil
        case .integer(let value): return Double(value)
        case .unsigned(let value): return Double(value)
        case .real(let value) where value.isFinite: return value
        case let other?: throw wrongType(key, other, expected: "a finite number")
        }
    }

    /// True or false; numbers are not accepted for them.
    public func boolean(_ key: String) throws(ModelFileError) -> Bool? {
        switch values[key] {
        case nil: return nil
        case .boolean(let value): return value
        case let other?: throw wrongType(key, other, expected: "true or false")
        }
    }

    /// A text.
    public func string(_ key: String) throws(ModelFileError) -> String? {
        switch values[key] {
        case nil: return nil
        case .string(let value): return value
        case let other?: throw wrongType(key, other, expected: "a string")
        }
    }

    /// A list of texts; an empty list of any type is accepted.
    public func strings(_ key: String) throws(ModelFileError) -> [String]? {
        switch values[key] {
        case nil: return nil
        case .strings(let value): return value
        case .list(let list) where list.isEmpty: return []
        case let other?: throw wrongType(key, other, expected: "a list of strings")
        }
    }

    /// A list of integers that fit 63 bits and a sign.
    public func integers(_ key: String) throws(ModelFileError) -> [Int64]? {
        switch values[key] {
        case nil: return nil
        case .integers(let value): return value
        case .list(let list) where list.isEmpty: return []
        case let other?: throw wrongType(key, other, expected: "a list of integers")
        }
    }

    /// A list of numbers, integers included.
    public func reals(_ key: String) throws(ModelFileError) -> [Double]? {
        switch values[key] {
        case nil: return nil
        case .reals(let value): return value
        case .integers(let value): return value.map(Double.init)
        case .list(let list) where list.isEmpty: return []
        case let other?: throw wrongType(key, other, expected: "a list of numbers")
        }
    }

    /// A list of booleans.
    public func booleans(_ key: String) throws(ModelFileError) -> [Bool]? {
        switch values[key] {
        case nil: return nil
        case .booleans(let value): return value
        case .list(let list) where list.isEmpty: return []
        case let other?: throw wrongType(key, other, expected: "a list of booleans")
        }
    }

    private func wrongType(_ key: String, _ value: MetadataValue, expected: String) -> ModelFileError {
        ModelFileError(.wrongMetadata(key: key, found: value.summary, expected: expected), path: path)
    }
}
