import Kernels

/// An element type of safetensors, by the name in the file.
///
/// Source: the safetensors format description and reference reader (`Dtype` of its Rust crate, 0.6).
struct ElementType {
    let name: String
    /// Bits of one element; some types are smaller than a byte.
    let bits: Int
    /// Set for those that are weights to us.
    let format: WeightFormat?

    private static let bitsByName: [String: Int] = [
        "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8,
        "F8_E8M0": 8,
        "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32,
        "F32": 32,
        "C64": 64, "F64": 64, "I64": 64, "U64": 64,
    ]

    private static let formatByName: [String: WeightFormat] = [
        "F32": .float32, "F16": .float16, "BF16": .bfloat16,
    ]

    /// The names, sorted, for errors.
    static var names: String { bitsByName.keys.sorted().joined(separator: ", ") }

    /// Nil where the name is unknown.
    init?(name: String) {
        guard let bits = Self.bitsByName[name] else { return nil }
        self.name = name
        self.bits = bits
        format = Self.formatByName[name]
    }
}
