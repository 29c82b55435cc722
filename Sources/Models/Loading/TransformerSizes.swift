import ModelFiles

/// The sizes that nearly every architecture states, read and checked against each other.
struct TransformerSizes: Sendable {
    /// Layers that are run; extra layers that predict further tokens are not among them.
    let layerCount: Int
    let hiddenSize: Int
    /// Positions the model was made for.
    let contextLength: Int
    let headCount: Int
    /// Divides `headCount`.
    let keyValueHeadCount: Int
    /// Width of a head's queries and keys.
    let headSize: Int
    let epsilon: Float
}

/// How many experts a layer has and how many of them a token uses.
struct ExpertSizes: Sendable {
    let expertCount: Int
    /// 1 ... expertCount.
    let expertsPerToken: Int
    let expertHiddenSize: Int
}

extension WeightSource {
    /// - Throws: `ModelFileError` naming the key that is missing, of another type, or at odds with another
    ///   one.
    func transformerSizes() throws(ModelFileError) -> TransformerSizes {
        let stored = try requireCount(.layerCount, in: 1...Self.maximumLayers)
        let extra = try count(.extraPredictionLayers, in: 0...stored - 1) ?? 0
        let hiddenSize = try requireCount(.hiddenSize)
        let headCount = try uniformCount(.headCount, layers: stored - extra)
        guard let headCount else {
            throw ModelFileError(.missingMetadata(key: keys(.headCount).first ?? ""), path: file.path)
        }
        let keyValueHeadCount = try uniformCount(.keyValueHeadCount, layers: stored - extra) ?? headCount
        guard headCount % keyValueHeadCount == 0 else {
            throw invalid(
                .keyValueHeadCount, found: "\(keyValueHeadCount)", expected: "a divisor of \(headCount) heads"
            )
        }
        return TransformerSizes(
            layerCount: stored - extra, hiddenSize: hiddenSize,
            contextLength: try requireCount(.contextLength, in: 1...1 << 40),
            headCount: headCount, keyValueHeadCount: keyValueHeadCount,
            headSize: try headSize(hiddenSize: hiddenSize, headCount: headCount),
            epsilon: Float(try requireReal(.epsilon, in: 0...1)))
    }

    /// A count that files may list per layer, of architectures whose layers are all alike.
    private func uniformCount(_ name: FileName, layers: Int) throws(ModelFileError) -> Int? {
        guard let counts = try counts(name, layers: layers), let first = counts.first else { return nil }
        guard counts.allSatisfy({ $0 == first }) else {
            throw invalid(
                name, found: "\(counts.min() ?? first) to \(counts.max() ?? first)",
                expected: "one value for all layers")
        }
        return first
    }

    private func headSize(hiddenSize: Int, headCount: Int) throws(ModelFileError) -> Int {
        if let stated = try count(.headSize, in: 1...Self.maximumSize) { return stated }
        guard hiddenSize % headCount == 0 else {
            throw invalid(
                .headCount, found: "\(headCount)", expected: "a divisor of the hidden size \(hiddenSize)")
        }
        return hiddenSize / headCount
    }

    /// - Parameter hiddenSizeName: where an architecture's files state the inner width of an expert.
    func expertSizes(hiddenSizeName: FileName = .expertHiddenSize) throws(ModelFileError) -> ExpertSizes {
        let expertCount = try requireCount(.expertCount)
        let expertsPerToken = try requireCount(.expertsPerToken)
        guard expertsPerToken <= expertCount else {
            throw invalid(
                .expertsPerToken, found: "\(expertsPerToken)",
                expected: "at most the \(expertCount) experts of a layer")
        }
        return ExpertSizes(
            expertCount: expertCount, expertsPerToken: expertsPerToken,
            expertHiddenSize: try expertWidth(hiddenSizeName))
    }

    private func expertWidth(_ stated: FileName) throws(ModelFileError) -> Int {
        if let width = try stackedExpertWidth(stated) { return width }
        return try requireCount(stated)
    }

    /// The inner width of the experts by their tensors, for GGUF files that were written before it had a key.
    private func stackedExpertWidth(_ stated: FileName) throws(ModelFileError) -> Int? {
        guard isGGUF, try count(stated) == nil else { return nil }
        for layer in 0..<Self.maximumLayers {
            let names = LayerNames(layer)
            guard find(names.mixerNorm.appending(".weight")) != nil else { return nil }
            let record = find(names(["ffn_gate_exps.weight"], []))
            if let record, record.shape.count == 3, (1...Self.maximumSize).contains(record.shape[1]) {
                return record.shape[1]
            }
        }
        return nil
    }

    /// The limit of the choice to groups of experts; nil where there is one group or the file states none.
    func expertGroups(
        _ sizes: ExpertSizes, score: Router.Groups.Score
    ) throws(ModelFileError) -> Router.Groups? {
        let groupCount = try count(.expertGroupCount) ?? 1
        let chosen = try count(.expertGroupsChosen) ?? groupCount
        if groupCount <= 1 || chosen == groupCount { return nil }
        guard groupCount <= Router.Groups.maximumCount, sizes.expertCount % groupCount == 0 else {
            throw invalid(
                .expertGroupCount, found: "\(groupCount)",
                expected: "at most \(Router.Groups.maximumCount), dividing \(sizes.expertCount) experts")
        }
        guard chosen >= 1, chosen < groupCount,
            chosen * (sizes.expertCount / groupCount) >= sizes.expertsPerToken
        else {
            throw invalid(
                .expertGroupsChosen, found: "\(chosen)",
                expected: "at most \(groupCount) groups that hold \(sizes.expertsPerToken) experts")
        }
        return Router.Groups(count: groupCount, chosen: chosen, score: score)
    }
}
