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
    var layerNumbers: [Int] = []

    /// Adds what the user says, who may not contradict the file.
    mutating func add(_ facts: ImportFacts, of input: ImportInput) throws(TraceFilesError) {
        expertCount = try Self.merged(expertCount, facts.expertCount, "experts", "--experts", input)
        layerCount = try Self.merged(layerCount, facts.layerCount, "layers", "--layers", input)
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
