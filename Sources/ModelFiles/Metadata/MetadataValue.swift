/// A typed value of a model's metadata: a GGUF key or an entry of `config.json`.
public enum MetadataValue: Sendable, Equatable {
    case integer(Int64)
    case unsigned(UInt64)
    case real(Double)
    case boolean(Bool)
    case string(String)
    case integers([Int64])
    case reals([Double])
    case booleans([Bool])
    case strings([String])
    /// A list whose elements are of several types or lists themselves (only `config.json` has them).
    case list([MetadataValue])
}
