/// The sizes of a model as far as a file, or its user, states them.
struct DeclaredShape {
    /// Experts of a layer.
    var expertCount: Int?
    /// Layers with experts.
    var layerCount: Int?
    /// Experts that a token chooses of a layer.
    var expertsPerToken: Int?
    /// Bytes of an expert by the model's number of its layer.
    var expertBytes: [Int: Int] = [:]
    /// The model's numbers of its layers with experts, where they are known.
    var layerNumbers: Set<Int> = []
    /// Layers of the model, with experts or without, where they are known.
    private var modelLayerCount: Int?

    /// All numbers of layers are below this.
    var layerNumberLimit: Int { modelLayerCount ?? ImportLimits.layers }

    /// Adds what the user says, who may not contradict the file.
    mutating func add(_ facts: ImportFacts, of input: ImportInput) throws(TraceFilesError) {
        expertCount = try Self.merged(expertCount, facts.expertCount, "experts", "--experts", input)
        layerCount = try Self.merged(layerCount, facts.layerCount, "layers", "--layers", input)
        if let bytes = facts.expertBytes { try Self.check(expertBytes: bytes, at: .file, of: input) }
    }

    private static func merged(
        _ stated: Int?, _ given: Int?, _ what: String, _ option: String, _ input: ImportInput
    ) throws(TraceFilesError) -> Int? {
        guard let stated, let given, stated != given else { return stated ?? given }
        throw input.malformed(
            "\(stated) \(what) in the file", expected: "\(given), as \(option) says",
            advice: "leave \(option) out", at: .file)
    }
}

// MARK: - What the head of a file says, line by line

extension DeclaredShape {
    /// Takes sizes; nil for those that the line does not say.
    ///
    /// - Throws: for what no model has, and for fewer layers than earlier lines have named.
    mutating func declare(
        layers: Int? = nil, experts: Int? = nil, expertsPerToken: Int? = nil, at place: ImportInput.Place,
        of input: ImportInput
    ) throws(TraceFilesError) {
        layerCount = layers ?? layerCount
        expertCount = experts ?? expertCount
        self.expertsPerToken = expertsPerToken ?? self.expertsPerToken
        try checkSizes(at: place, of: input)
        try checkCount(at: place, of: input)
    }

    /// Takes how many layers the model has, with experts or without.
    ///
    /// - Throws: for what no model has, and for a number of a layer that is not below it.
    mutating func declare(
        modelLayers count: Int, at place: ImportInput.Place, of input: ImportInput
    ) throws(TraceFilesError) {
        try Self.check(count, "layers", maximum: ImportLimits.layers, at: place, of: input)
        if let last = layerNumbers.max(), last >= count {
            throw input.malformed(
                "\(count) layers of the model", expected: "more than layer \(last), which was named before",
                advice: "correct the number", at: place)
        }
        modelLayerCount = count
    }

    /// Takes a layer with experts.
    ///
    /// - Parameter bytes: of one of its experts; 0 where the line does not say.
    mutating func declare(
        layer number: Int, expertBytes bytes: Int, at place: ImportInput.Place, of input: ImportInput
    ) throws(TraceFilesError) {
        try check(layer: number, at: place, of: input)
        layerNumbers.insert(number)
        try checkCount(at: place, of: input)
        guard bytes > 0 else { return }
        try Self.check(expertBytes: bytes, at: place, of: input)
        expertBytes[number] = bytes
    }

    /// - Throws: for a number that no layer of the model has.
    func check(layer: Int, at place: ImportInput.Place, of input: ImportInput) throws(TraceFilesError) {
        guard layer < 0 || layer >= layerNumberLimit else { return }
        throw input.malformed(
            "layer \(layer)", expected: "0 to \(layerNumberLimit - 1)",
            advice: "check that the file is of this model and not cut or shifted", at: place)
    }

    /// - Throws: for sizes that no model has.
    func checkSizes(at place: ImportInput.Place, of input: ImportInput) throws(TraceFilesError) {
        let sizes = [
            (expertCount, "experts in a layer", ImportLimits.experts),
            (layerCount, "layers", ImportLimits.layers),
            (expertsPerToken, "experts for a token", ImportLimits.expertsPerToken),
        ]
        for (size, what, maximum) in sizes {
            if let size { try Self.check(size, what, maximum: maximum, at: place, of: input) }
        }
    }

    private static func check(
        _ size: Int, _ what: String, maximum: Int, at place: ImportInput.Place, of input: ImportInput
    ) throws(TraceFilesError) {
        guard size < 1 || size > maximum else { return }
        throw input.malformed(
            "\(size) \(what)", expected: "1 to \(maximum)", advice: "correct the number", at: place)
    }

    private func checkCount(at place: ImportInput.Place, of input: ImportInput) throws(TraceFilesError) {
        guard let layerCount, layerNumbers.count > layerCount else { return }
        throw input.malformed(
            "\(layerNumbers.count) layers with experts", expected: "\(layerCount), as the file says",
            advice: "correct the number", at: place)
    }

    /// - Throws: for more bytes than our own container can say.
    static func check(
        expertBytes bytes: Int, at place: ImportInput.Place, of input: ImportInput
    ) throws(TraceFilesError) {
        guard bytes > ImportLimits.expertBytes else { return }
        throw input.malformed(
            "an expert of \(bytes) bytes", expected: "at most \(ImportLimits.expertBytes)",
            advice: "correct the number; it is of one expert", at: place)
    }
}
