import ModelFiles
import Residency

/// An array of routed experts in a file of its own, as NumPy saves it: [tokens, layers, expertsPerToken].
///
/// Lost: weights, token ids, phases and steps: one text, every token decoded alone. Arrays of floats are
/// counts and read by ``MoEInfinityImporter``; integers are read here.
///
/// Source: vLLM's `CompletionOutput.routed_experts` (docs.vllm.ai, "Routed experts") saved with `numpy.save`.
struct RoutedArrayImporter: TraceImporter {
    static let format = ForeignFormat(
        "vllm-npy", "vLLM routed experts, one array [tokens, layers, top-k] (.npy)")

    static func recognizes(_ head: FileHead) -> Bool {
        head.starts(with: NumPyArray.magic) && !MoEInfinityImporter.recognizes(head)
    }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        try input.withBytes { (bytes) throws(TraceFilesError) in
            let array = try NumPyArray(bytes, 0..<bytes.count, what: "the array", of: input)
            guard !array.type.isReal else {
                throw input.malformed(
                    "elements of type \(array.type.rawValue)", expected: "integers",
                    advice: "use --format \(MoEInfinityImporter.format.name) for an array of counts",
                    at: .byte(0))
            }
            var rows = try RoutedRows(input)
            try rows.add(array, bytes, name: nil, tokens: RoutedRows.Tokens())
            return try rows.finish()
        }
    }
}
