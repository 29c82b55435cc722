import ModelFiles
import Residency

/// A response of vLLM's server with `--enable-return-routed-experts`, or a list of such responses.
///
/// Layout: `choices[i].routed_experts`, and up to version 0.21 `prompt_routed_experts` beside the choices:
/// lists [tokens, layers, expertsPerToken], or the same as text, base64 of what `numpy.save` writes. Without
/// `prompt_routed_experts`, a choice's array starts with the prompt, as long as `prompt_token_ids` or
/// `usage.prompt_tokens` say. `token_ids` of a choice, where it is there, is taken.
///
/// Every choice is a text; the prompt stands in the first only, because it was computed once.
///
/// Lost: weights, and which tokens were computed together: every token is a step of its own.
///
/// Source: docs.vllm.ai, "Routed experts" (latest) and "Routed experts replay" (0.21).
struct RoutedJSONImporter: TraceImporter {
    static let format = ForeignFormat("vllm-json", "vLLM response with routed experts, JSON")

    private static let key = "routed_experts"

    static func recognizes(_ head: FileHead) -> Bool {
        let first = head.lines.first?.first { $0 != " " && $0 != "\t" }
        return first == "{" || first == "["
    }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        let document: JSONValue
        do {
            document = try JSONValue.read(input.path, bytes: input.bytes)
        } catch {
            throw input.malformed(
                "JSON that cannot be read (\(error))", expected: "one response or a list of them",
                advice: "save the response again; very long ones fit better into an .npz file", at: .file)
        }
        var rows = try RoutedRows(input)
        var sequence = 0
        for (index, response) in (document.list ?? [document]).enumerated() {
            let name = document.list == nil ? "" : "[\(index)]."
            try add(response, name, &sequence, to: &rows, input)
        }
        return try rows.finish()
    }

    private static func add(
        _ response: JSONValue, _ name: String, _ sequence: inout Int, to rows: inout RoutedRows,
        _ input: ImportInput
    ) throws(TraceFilesError) {
        let choices = response["choices"]?.list ?? [response]
        for (index, choice) in choices.enumerated() {
            let prompt = response["prompt_token_ids"] ?? choice["prompt_token_ids"]
            let promptIDs = ids(prompt)
            var tokens = RoutedRows.Tokens(sequence: sequence)
            tokens.promptCount =
                promptIDs.count > 0
                ? promptIDs.count : Int(response["usage"]?["prompt_tokens"]?.integer ?? 0)
            tokens.ids = promptIDs + ids(choice["token_ids"])
            let promptExperts = response["prompt_\(key)"] ?? .null
            if promptExperts != .null {
                let what = "\(name)prompt_\(key)"
                let count = try length(promptExperts, what, input)
                if promptIDs.count != count { tokens.ids = [] }
                tokens.promptCount = count
                if index == 0 { try add(promptExperts, what, tokens, to: &rows, input) }
                tokens.firstPosition = count
            }
            let what = response["choices"] == nil ? "\(name)\(key)" : "\(name)choices[\(index)].\(key)"
            let experts = choice[key] ?? .null
            if experts != .null {
                try add(experts, what, tokens, to: &rows, input)
            } else if promptExperts == .null {
                throw input.malformed(
                    "no \(what)", expected: "lists or base64 of an array",
                    advice: "start the server with --enable-return-routed-experts", at: .file)
            }
            sequence += 1
        }
    }

    private static func ids(_ value: JSONValue?) -> [Int] {
        (value?.list ?? []).compactMap { $0.integer.flatMap { Int(exactly: $0) } }
    }

    /// How many tokens an array is of.
    private static func length(
        _ value: JSONValue, _ name: String, _ input: ImportInput
    ) throws(TraceFilesError) -> Int {
        if let list = value.list { return list.count }
        let bytes = try decoded(value, name, input)
        return try array(bytes.span, name, input).shape.first ?? 0
    }

    private static func add(
        _ value: JSONValue, _ name: String, _ tokens: RoutedRows.Tokens, to rows: inout RoutedRows,
        _ input: ImportInput
    ) throws(TraceFilesError) {
        if let list = value.list { return try rows.add(list, name: name, tokens: tokens) }
        let bytes = try decoded(value, name, input)
        let array = try array(bytes.span, name, input)
        guard !array.type.isReal else {
            throw input.malformed(
                "floats in \(name)", expected: "integers", advice: "save the response again", at: .file)
        }
        try rows.add(array, bytes.span, name: name, tokens: tokens)
    }

    private static func array(
        _ bytes: Span<UInt8>, _ name: String, _ input: ImportInput
    ) throws(TraceFilesError) -> NumPyArray {
        do {
            return try NumPyArray(bytes, 0..<bytes.count, what: name, of: input)
        } catch {
            // The offset is the array's, not the file's.
            throw input.error(error.code, at: .file)
        }
    }

    private static func decoded(
        _ value: JSONValue, _ name: String, _ input: ImportInput
    ) throws(TraceFilesError) -> [UInt8] {
        if let text = value.string, let bytes = Base64.decode(text) { return bytes }
        throw input.malformed(
            "\(value.kind) that is no base64 in \(name)", expected: "lists or base64 of an array",
            advice: "save the response again", at: .file)
    }
}
