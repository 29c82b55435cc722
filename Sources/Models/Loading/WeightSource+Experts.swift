import Kernels
import ModelFiles

/// The experts of a layer, in every layout that files use; the first that the file has is taken.
///
/// - Stacked: `ffn_gate_exps`, `ffn_up_exps` [experts, inner, hidden] and `ffn_down_exps` [experts, hidden,
///   inner], each with a bias per expert where the model has them.
/// - Gate and up in one: `ffn_gate_up_exps`, `experts.gate_up_proj` or `input_linear` [experts, 2 inner,
///   hidden], the gate's rows first, beside the down projections.
/// - One by one: `ffn_gate.E`, `experts.E.gate_proj` or `experts.E.w1` [inner, hidden] and likewise `up` or
///   `w3`, `down` or `w2`.
extension WeightSource {
    /// - Returns: `sizes.expertCount` experts as views into the file.
    /// - Throws: `missingTensor` or `wrongShape`.
    func experts(
        _ names: LayerNames, hiddenSize: Int, sizes: ExpertSizes, activation: ExpertActivation = .swiGLU
    ) throws(ModelFileError) -> LayerExperts {
        LayerExperts(
            experts: try ExpertLayout(source: self, names: names, hiddenSize: hiddenSize, sizes: sizes)
                .read(),
            expertHiddenSize: sizes.expertHiddenSize, activation: activation)
    }
}

/// Reads one layer's experts; the names of its tensors and their sizes.
private struct ExpertLayout {
    let source: WeightSource
    let names: LayerNames
    let hiddenSize: Int
    let sizes: ExpertSizes

    private var count: Int { sizes.expertCount }
    private var inner: Int { sizes.expertHiddenSize }

    func read() throws(ModelFileError) -> [ExpertWeights] {
        if source.find(gateUp) != nil { return try fusedExperts() }
        if source.find(stack("gate").appending(".weight")) != nil { return try stackedExperts() }
        return try singleExperts()
    }

    private var gateUp: FileName {
        names(
            ["ffn_gate_up_exps.weight"],
            [
                "mlp.experts.gate_up_proj", "block_sparse_moe.experts.gate_up_proj",
                "block_sparse_moe.input_linear.weight",
            ])
    }

    private var down: FileName {
        names(
            ["ffn_down_exps.weight"],
            [
                "mlp.experts.down_proj", "block_sparse_moe.experts.down_proj",
                "block_sparse_moe.output_linear.weight",
            ])
    }

    private func stack(_ part: String) -> FileName { names(["ffn_\(part)_exps"], []) }

    private func single(_ part: String, letter: String, expert: Int) -> FileName {
        names(
            ["ffn_\(part).\(expert)"],
            ["mlp.experts.\(expert).\(part)_proj", "block_sparse_moe.experts.\(expert).\(letter)"])
    }

    private func slices(_ name: FileName, rows: Int, columns: Int) throws(ModelFileError) -> [WeightMatrix] {
        try source.slices(name, shape: [count, rows, columns])
    }

    private func fusedExperts() throws(ModelFileError) -> [ExpertWeights] {
        let gateUps = try slices(gateUp, rows: 2 * inner, columns: hiddenSize)
        let downs = try slices(down, rows: hiddenSize, columns: inner)
        return zip(gateUps, downs).map { gateUp, down in
            ExpertWeights(
                gateUp: .separate(
                    gate: Linear(weights: gateUp.slice(rows: 0..<inner)),
                    up: Linear(weights: gateUp.slice(rows: inner..<2 * inner))),
                down: Linear(weights: down))
        }
    }

    private func stackedExperts() throws(ModelFileError) -> [ExpertWeights] {
        let gates = try stackedLinears("gate", outputs: inner, inputs: hiddenSize)
        let ups = try stackedLinears("up", outputs: inner, inputs: hiddenSize)
        let downs = try stackedLinears("down", outputs: hiddenSize, inputs: inner)
        return (0..<count).map { expert in
            ExpertWeights(gateUp: .separate(gate: gates[expert], up: ups[expert]), down: downs[expert])
        }
    }

    private func stackedLinears(_ part: String, outputs: Int, inputs: Int) throws(ModelFileError) -> [Linear]
    {
        let weights = try slices(stack(part).appending(".weight"), rows: outputs, columns: inputs)
        let biasName = stack(part).appending(".bias")
        let biases =
            source.find(biasName) == nil ? nil : try source.vectors(biasName, rows: count, columns: outputs)
        return weights.enumerated().map { Linear(weights: $0.element, bias: biases?[$0.offset]) }
    }

    private func singleExperts() throws(ModelFileError) -> [ExpertWeights] {
        var experts: [ExpertWeights] = []
        for expert in 0..<count {
            let gate = try source.linear(
                single("gate", letter: "w1", expert: expert), outputs: inner, inputs: hiddenSize)
            let up = try source.linear(
                single("up", letter: "w3", expert: expert), outputs: inner, inputs: hiddenSize)
            let down = try source.linear(
                single("down", letter: "w2", expert: expert), outputs: hiddenSize, inputs: inner)
            experts.append(ExpertWeights(gateUp: .separate(gate: gate, up: up), down: down))
        }
        return experts
    }
}
