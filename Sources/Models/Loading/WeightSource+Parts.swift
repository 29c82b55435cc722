import Kernels
import ModelFiles

/// The parts of layers: vectors, norms, linears, dense networks.
extension WeightSource {
    /// Whether a linear of an architecture has a bias.
    enum BiasRule: Sendable {
        case whenPresent, required, absent
    }

    /// The tensor as Float32, whatever its format and however its dimensions of 1 lie.
    ///
    /// - Throws: `missingTensor`, or `wrongShape` unless it has `count` elements in one row.
    func vector(_ name: FileName, count: Int) throws(ModelFileError) -> FloatVector {
        decode(try matrix(try require(name), shape: [count]))
    }

    func vectorIfPresent(_ name: FileName, count: Int) throws(ModelFileError) -> FloatVector? {
        guard let record = find(name) else { return nil }
        return decode(try matrix(record, shape: [count]))
    }

    /// The rows of a small matrix [rows, columns] as vectors, such as the biases of all experts of a layer.
    func vectors(_ name: FileName, rows: Int, columns: Int) throws(ModelFileError) -> [FloatVector] {
        let stored = try matrix(name, rows: rows, columns: columns)
        return (0..<rows).map { decode(stored.slice(rows: $0..<$0 + 1)) }
    }

    /// A small matrix [rows, columns] as one vector, row after row.
    func flatVector(_ name: FileName, rows: Int, columns: Int) throws(ModelFileError) -> FloatVector {
        let record = try require(name)
        let stored = try matrix(record, shape: [rows, columns])
        guard stored.format.blockElements == 1 else {
            throw ModelFileError(
                .wrongFormat(tensor: record.name, found: stored.format.name, expected: "F32, F16 or BF16"),
                path: file.parts[record.part], offset: record.offset)
        }
        return decode(stored.reshaped(columns: rows * columns))
    }

    private func decode(_ row: WeightMatrix) -> FloatVector {
        let buffer = FloatBuffer(count: row.columns)
        decoder.decodeRow(
            row, row: 0, into: buffer.matrix(rows: 1, columns: row.columns), outputRow: 0)
        return FloatVector(buffer)
    }

    /// The norm whose tensors are `name` + `.weight` and, where present, `.bias`.
    ///
    /// - Parameter weightOffset: added to every weight, for files that store them around zero.
    func norm(
        _ name: FileName, size: Int, epsilon: Float, centers: Bool = false, weightOffset: Float = 0
    ) throws(ModelFileError) -> Norm {
        var weight = try vector(name.appending(".weight"), count: size)
        if weightOffset != 0 { weight = FloatVector((0..<size).map { weight[$0] + weightOffset }) }
        return Norm(
            weight: weight, bias: try vectorIfPresent(name.appending(".bias"), count: size), epsilon: epsilon,
            centers: centers)
    }

    /// The linear whose tensors are `name` + `.weight` [outputs, inputs] and `.bias` [outputs].
    func linear(
        _ name: FileName, outputs: Int, inputs: Int, bias: BiasRule = .whenPresent
    ) throws(ModelFileError) -> Linear {
        let weights = try matrix(name.appending(".weight"), rows: outputs, columns: inputs)
        let biasName = name.appending(".bias")
        return switch bias {
        case .whenPresent: Linear(weights: weights, bias: try vectorIfPresent(biasName, count: outputs))
        case .required: Linear(weights: weights, bias: try vector(biasName, count: outputs))
        case .absent: Linear(weights: weights)
        }
    }

    /// A gated network: `names` with `ffn_gate`, `ffn_up`, `ffn_down` + `ggufSuffix` in GGUF and the three
    /// projections in `block` elsewhere.
    func denseNetwork(
        _ names: LayerNames, ggufSuffix: String = "", block: [String] = ["mlp"], hiddenSize: Int,
        innerSize: Int
    ) throws(ModelFileError) -> DenseFeedForward {
        func name(_ part: String) -> FileName {
            names(["ffn_\(part)\(ggufSuffix)"], block.map { "\($0).\(part)_proj" })
        }
        let gate = try linear(name("gate"), outputs: innerSize, inputs: hiddenSize)
        let up = try linear(name("up"), outputs: innerSize, inputs: hiddenSize)
        let down = try linear(name("down"), outputs: hiddenSize, inputs: innerSize)
        return DenseFeedForward(
            weights: ExpertWeights(gateUp: .separate(gate: gate, up: up), down: down), innerSize: innerSize)
    }

    /// The network that every token uses besides its experts.
    func sharedExpert(_ names: LayerNames, hiddenSize: Int, innerSize: Int) throws(ModelFileError)
        -> DenseFeedForward
    {
        try denseNetwork(
            names, ggufSuffix: "_shexp", block: ["mlp.shared_expert", "mlp.shared_experts"],
            hiddenSize: hiddenSize,
            innerSize: innerSize)
    }

    /// The embedding [vocabularySize, hiddenSize]; its rows say how large the vocabulary is.
    func embedding(hiddenSize: Int) throws(ModelFileError) -> WeightMatrix {
        let name = FileName(gguf: "token_embd.weight", huggingFace: "model.embed_tokens.weight")
        let record = try require(name)
        return try matrix(record, shape: [record.shape.first ?? 0, hiddenSize])
    }

    /// The norm in front of the output.
    func outputNorm(
        size: Int, epsilon: Float, centers: Bool = false, weightOffset: Float = 0
    ) throws(ModelFileError) -> Norm {
        try norm(
            FileName(gguf: "output_norm", huggingFace: "model.norm"), size: size, epsilon: epsilon,
            centers: centers,
            weightOffset: weightOffset)
    }

    /// The product that gives logits: a matrix of its own, or the embedding where the model ties them.
    func output(embedding: WeightMatrix) throws(ModelFileError) -> Linear {
        let name = FileName(gguf: "output", huggingFace: "lm_head")
        let bias = try vectorIfPresent(name.appending(".bias"), count: embedding.rows)
        let tied = try boolean(.tiesEmbedding)
        let stored = find(name.appending(".weight"))
        if tied == true || (tied == nil && stored == nil) { return Linear(weights: embedding, bias: bias) }
        return try linear(name, outputs: embedding.rows, inputs: embedding.columns)
    }
}
