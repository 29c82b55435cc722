/// Names of ggml's tensor types, so that an error can say what a file holds.
///
/// Source: ggml's numbering as published with the `gguf` PyPI package (`GGMLQuantizationType`, 0.19); numbers
/// that ggml has withdrawn carry the names they had.
enum GGMLTypeName {
    private static let names: [UInt32: String] = [
        0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 4: "Q4_2 (withdrawn)", 5: "Q4_3 (withdrawn)", 6: "Q5_0",
        7: "Q5_1",
        8: "Q8_0", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K",
        16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S",
        23: "IQ4_XS",
        24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 30: "BF16",
        31: "Q4_0_4_4 (withdrawn)", 32: "Q4_0_4_8 (withdrawn)", 33: "Q4_0_8_8 (withdrawn)", 34: "TQ1_0",
        35: "TQ2_0",
        36: "IQ4_NL_4_4 (withdrawn)", 37: "IQ4_NL_4_8 (withdrawn)", 38: "IQ4_NL_8_8 (withdrawn)", 39: "MXFP4",
        40: "NVFP4", 41: "Q1_0",
    ]

    /// The name of type `number`, with the number; an unknown one is said to be that.
    static func of(_ number: UInt32) -> String {
        names[number].map { "\($0) (type \(number))" } ?? "unknown (type \(number))"
    }
}
