import ModelFiles
import Residency

/// Routed experts of one or more texts in an archive that `numpy.savez` wrote.
///
/// Layout: arrays `routed_experts` and, where the prompt's are apart, `prompt_routed_experts`, both [tokens,
/// layers, expertsPerToken]; optional `prompt_token_ids` and `token_ids`, [tokens]. What follows these names,
/// such as `_0`, tells texts apart. Without `prompt_routed_experts`, `routed_experts` starts with the prompt
/// where there are `prompt_token_ids`.
///
/// Lost: weights, and which tokens were computed together: every token is a step of its own.
///
/// Source: vLLM's `CompletionOutput.routed_experts` (docs.vllm.ai, "Routed experts"), saved by its users.
struct RoutedArchiveImporter: TraceImporter {
    static let format = ForeignFormat("vllm-npz", "vLLM routed experts, arrays of one or more texts (.npz)")

    /// What arrays may be called, longest first.
    private enum Name: String, CaseIterable {
        case promptExperts = "prompt_routed_experts"
        case promptTokens = "prompt_token_ids"
        case experts = "routed_experts"
        case tokens = "token_ids"
    }

    static func recognizes(_ head: FileHead) -> Bool { head.starts(with: ZipArchive.magic) }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        try input.withBytes { (bytes) throws(TraceFilesError) in
            let archive = try ZipArchive(bytes, of: input)
            var suffixes: [String] = []
            var knownSuffixes: Set<String> = []
            var arrays: [String: NumPyArray] = [:]
            for entry in archive.entries {
                let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
                guard let known = Name.allCases.first(where: { name.hasPrefix($0.rawValue) }) else {
                    throw input.malformed(
                        "an array \(quoted(name))",
                        expected: Name.allCases.map(\.rawValue).joined(separator: ", "),
                        advice: "rename it or leave it out", at: .byte(entry.range.lowerBound))
                }
                let suffix = String(name.dropFirst(known.rawValue.count))
                if knownSuffixes.insert(suffix).inserted { suffixes.append(suffix) }
                guard arrays[name] == nil else {
                    throw input.malformed(
                        "a second array \(quoted(name))", expected: "one of each name",
                        advice: "save the arrays again with numpy.savez", at: .byte(entry.range.lowerBound))
                }
                arrays[name] = try NumPyArray(bytes, entry.range, what: quoted(name), of: input)
            }
            var rows = try RoutedRows(input)
            for (sequence, suffix) in suffixes.enumerated() {
                try add(suffix, sequence, arrays, bytes, to: &rows, input)
            }
            return try rows.finish()
        }
    }

    /// Adds one text.
    private static func add(
        _ suffix: String, _ sequence: Int, _ arrays: [String: NumPyArray], _ bytes: Span<UInt8>,
        to rows: inout RoutedRows, _ input: ImportInput
    ) throws(TraceFilesError) {
        let array = { (name: Name) in arrays[name.rawValue + suffix] }
        guard let experts = array(.experts) ?? array(.promptExperts) else {
            throw input.malformed(
                "no array \(quoted(Name.experts.rawValue + suffix))", expected: "one for each text",
                advice: "save it too", at: .file)
        }
        let promptIDs = try ids(array(.promptTokens), bytes, input)
        var tokens = RoutedRows.Tokens(sequence: sequence, promptCount: promptIDs.count)
        tokens.ids = promptIDs + (try ids(array(.tokens), bytes, input))
        if let prompt = array(.promptExperts) {
            tokens.promptCount = prompt.shape.first ?? 0
            if promptIDs.count != tokens.promptCount { tokens.ids = [] }
            try rows.add(prompt, bytes, name: nil, tokens: tokens)
            tokens.firstPosition = tokens.promptCount
            guard array(.experts) != nil else { return }
        }
        try rows.add(experts, bytes, name: nil, tokens: tokens)
    }

    /// The elements of a list of token ids.
    private static func ids(
        _ array: NumPyArray?, _ bytes: Span<UInt8>, _ input: ImportInput
    ) throws(TraceFilesError) -> [Int] {
        guard let array else { return [] }
        return try (0..<array.count).map { (index) throws(TraceFilesError) in
            if let id = array.integer(bytes, index), id >= 0 { return id }
            throw input.malformed(
                "a token id that is none", expected: "integers from 0 on",
                advice: "leave the array out", at: .byte(array.start + index * array.type.byteCount))
        }
    }
}
