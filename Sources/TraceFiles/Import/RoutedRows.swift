import ModelFiles
import Residency

/// Adds arrays of routed experts, shape [tokens, layers, expertsPerToken], to a trace: what vLLM returns.
struct RoutedRows {
    private var assembler: TraceAssembler
    private let input: ImportInput
    /// Layers and experts for a token of the first array, which all others must have too.
    private var sizes: (layers: Int, expertsPerToken: Int)?
    /// Whether of some text nobody says how long its prompt is.
    private var lacksPrompt = false

    /// The tokens that an array is of.
    struct Tokens {
        var sequence = 0
        var firstPosition = 0
        /// Tokens at the start of the text that are the prompt's.
        var promptCount = 0
        /// Ids from the start of the text; may be fewer than tokens.
        var ids: [Int] = []
    }

    init(_ input: ImportInput) throws(TraceFilesError) {
        self.input = input
        assembler = try TraceAssembler(input, steps: .onePerToken, places: .bytes)
    }

    /// Adds an array that is in memory as NumPy writes it.
    ///
    /// - Parameter name: the array's for errors; nil where its bytes are the file's and errors give these.
    mutating func add(
        _ array: NumPyArray, _ bytes: Span<UInt8>, name: String?, tokens: Tokens
    ) throws(TraceFilesError) {
        assembler.places = name.map { .tokens(of: $0) } ?? .bytes
        let offset = array.start
        try check(array.shape, name: name, at: name == nil ? .byte(offset) : .file)
        if tokens.promptCount == 0 { lacksPrompt = true }
        // Both were bounded.
        let perToken = array.shape[1] * array.shape[2]
        for token in 0..<array.shape[0] {
            for layer in 0..<array.shape[1] {
                let first = token * perToken + layer * array.shape[2]
                let place = name == nil ? offset + first * array.type.byteCount : token
                try begin(token, layer, tokens, at: place)
                for rank in 0..<array.shape[2] {
                    try assembler.choose(array.integer(bytes, first + rank) ?? -1, at: place)
                }
            }
            if token % 4_096 == 0 { input.progress(min(offset, bytes.count), input.bytes.count) }
        }
    }

    /// Adds an array that stands in lists.
    mutating func add(_ lists: [JSONValue], name: String, tokens: Tokens) throws(TraceFilesError) {
        assembler.places = .tokens(of: name)
        if tokens.promptCount == 0 { lacksPrompt = true }
        for (token, layers) in lists.enumerated() {
            guard let layers = layers.list else {
                throw unexpected(layers, "a list for each layer", token, name)
            }
            for (layer, experts) in layers.enumerated() {
                guard let experts = experts.list else {
                    throw unexpected(experts, "a list of experts", token, name)
                }
                try check(
                    [lists.count, layers.count, experts.count], name: name, at: .token(token, of: name))
                try begin(token, layer, tokens, at: token)
                for expert in experts {
                    guard let expert = expert.integer, let number = Int(exactly: expert) else {
                        throw unexpected(expert, "an expert", token, name)
                    }
                    try assembler.choose(number, at: token)
                }
            }
        }
    }

    /// Makes the trace.
    consuming func finish() throws(TraceFilesError) -> ImportedTrace {
        var notes = [
            "the format does not say what was computed together: every token is a step of its own; "
                + "the order of a token's experts need not be that of their weights"
        ]
        if lacksPrompt {
            notes.append("without the prompt's token ids or array, all tokens of a text count as decoded")
        }
        return ImportedTrace(.choices(try assembler.finish(notes: &notes)), notes: notes)
    }

    private mutating func begin(
        _ token: Int, _ layer: Int, _ tokens: Tokens, at place: Int
    ) throws(TraceFilesError) {
        let position = tokens.firstPosition + token
        let id = position < tokens.ids.count ? tokens.ids[position] : -1
        try assembler.begin(
            TraceAssembler.Token(
                sequence: tokens.sequence, position: position, token: id,
                phase: position < tokens.promptCount ? .prefill : .decode), layer: layer, at: place)
    }

    private mutating func check(
        _ shape: [Int], name: String?, at place: ImportInput.Place
    ) throws(TraceFilesError) {
        let array = name ?? "the array"
        guard shape.count == 3, shape[1] > 0, shape[2] > 0 else {
            throw input.malformed(
                "shape \(shape) of \(array)", expected: "tokens, layers, experts of a token",
                advice: "give the array of routed experts", at: place)
        }
        guard shape[1] <= ImportLimits.layers, shape[2] <= ImportLimits.expertsPerToken else {
            throw input.malformed(
                "shape \(shape) of \(array)",
                expected: "at most \(ImportLimits.layers) layers and \(ImportLimits.expertsPerToken) experts "
                    + "of a token",
                advice: "give the array of routed experts", at: place)
        }
        guard let sizes else {
            sizes = (shape[1], shape[2])
            return
        }
        guard sizes == (shape[1], shape[2]) else {
            throw input.malformed(
                "\(shape[1]) layers and \(shape[2]) experts",
                expected: "\(sizes.layers) and \(sizes.expertsPerToken), as before",
                advice: "import traces of different models one by one", at: place)
        }
    }

    private func unexpected(
        _ value: JSONValue, _ expected: String, _ token: Int, _ name: String
    ) -> TraceFilesError {
        input.malformed(
            value.kind, expected: expected, advice: "save the response again", at: .token(token, of: name))
    }
}
