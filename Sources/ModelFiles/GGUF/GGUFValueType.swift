/// The types of metadata values; the raw value is the number in the file.
///
/// Source: the GGUF specification of the ggml project (docs/gguf.md).
enum GGUFValueType: UInt32 {
    case uint8 = 0
    case int8 = 1
    case uint16 = 2
    case int16 = 3
    case uint32 = 4
    case int32 = 5
    case float32 = 6
    case boolean = 7
    case string = 8
    case array = 9
    case uint64 = 10
    case int64 = 11
    case float64 = 12

    /// The fewest bytes that a value of this type takes.
    var minimumBytes: Int {
        switch self {
        case .uint8, .int8, .boolean: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        // Its length; for an array its element type and count.
        case .string: 8
        case .array: 12
        }
    }
}
