import Kernels
import ModelFiles

/// The experts of gpt-oss checkpoints: gate and up in turn, with their inputs as rows, or in MXFP4 with codes
/// and scales apart.
///
/// | layout | tensors |
/// |---|---|
/// | floats | `gate_up_proj` [experts, hidden, 2 inner], `down_proj` [experts, inner, hidden] |
/// | MXFP4 codes, U8 | `gate_up_proj_blocks` [experts, 2 inner, hidden / 32, 16], `down_proj_blocks` |
/// | MXFP4 scales, U8 | `gate_up_proj_scales` [experts, 2 inner, hidden / 32], `down_proj_scales` |
/// | both | `gate_up_proj_bias` [experts, 2 inner], `down_proj_bias` [experts, hidden] |
struct PackedExperts: Sendable {
    let source: WeightSource
    let hiddenSize: Int
    let sizes: ExpertSizes
    let activation: ExpertActivation

    private var count: Int { sizes.expertCount }
    private var inner: Int { sizes.expertHiddenSize }

    /// The experts of the layer `names`.
    ///
    /// - Parameter owned: gets the memory of weights that could not be used where they lie.
    /// - Throws: `missingTensor` or `wrongShape`.
    func layer(
        _ names: LayerNames, owned: inout [WeightBuffer]
    ) throws(ModelFileError) -> LayerExperts {
        let blocks = names([], ["mlp.experts.gate_up_proj_blocks"])
        let experts: [ExpertWeights]
        if let first = blocks.huggingFace.first, source.file.opaqueTensors[first] != nil {
            experts = try quantized(names, owned: &owned)
        } else {
            experts = try floats(names)
        }
        return LayerExperts(experts: experts, expertHiddenSize: inner, activation: activation)
    }

    private func floats(_ names: LayerNames) throws(ModelFileError) -> [ExpertWeights] {
        let gateUps = try source.slices(
            names([], ["mlp.experts.gate_up_proj"]), shape: [count, hiddenSize, 2 * inner])
        let downs = try source.slices(
            names([], ["mlp.experts.down_proj"]), shape: [count, inner, hiddenSize])
        let gateUpBiases = try biases(names, "gate_up_proj_bias", columns: 2 * inner)
        let downBiases = try biases(names, "down_proj_bias", columns: hiddenSize)
        return (0..<count).map { expert in
            ExpertWeights(
                gateUp: .interleaved(
                    Linear(weights: gateUps[expert], bias: gateUpBiases[expert], isTransposed: true)),
                down: Linear(weights: downs[expert], bias: downBiases[expert], isTransposed: true))
        }
    }

    private func biases(
        _ names: LayerNames, _ part: String, columns: Int
    ) throws(ModelFileError) -> [FloatVector] {
        try source.vectors(names([], ["mlp.experts.\(part)"]), rows: count, columns: columns)
    }

    /// Repacks a layer: gates, ups and downs of all experts, each in a run of its own.
    private func quantized(
        _ names: LayerNames, owned: inout [WeightBuffer]
    ) throws(ModelFileError) -> [ExpertWeights] {
        let gateUps = try PackedMatrix(
            source: source, names: names, part: "gate_up_proj", shape: [count, 2 * inner, hiddenSize])
        let downs = try PackedMatrix(
            source: source, names: names, part: "down_proj", shape: [count, hiddenSize, inner])
        let gateUpBiases = try biases(names, "gate_up_proj_bias", columns: 2 * inner)
        let downBiases = try biases(names, "down_proj_bias", columns: hiddenSize)
        let buffer = WeightBuffer(byteCount: gateUps.byteCount + downs.byteCount)
        owned.append(buffer)
        let half = gateUps.byteCount / 2
        let rows = source.fillsOwnedWeights ? count : 0
        for row in 0..<rows * inner {
            try gateUps.storeRow(2 * row, in: buffer, offsetBytes: row * gateUps.rowBytes)
            try gateUps.storeRow(2 * row + 1, in: buffer, offsetBytes: half + row * gateUps.rowBytes)
        }
        for row in 0..<rows * hiddenSize {
            try downs.storeRow(row, in: buffer, offsetBytes: 2 * half + row * downs.rowBytes)
        }
        func linear(_ offsetBytes: Int, expert: Int, rows: Int, columns: Int, bias: FloatVector) -> Linear {
            let all = buffer.matrix(
                offsetBytes: offsetBytes, format: .mxfp4, rows: count * rows, columns: columns)
            return Linear(weights: all.slice(rows: expert * rows..<(expert + 1) * rows), bias: bias)
        }
        return (0..<count).map { expert in
            let bias = gateUpBiases[expert]
            let gateBias = FloatVector((0..<inner).map { bias[2 * $0] })
            let upBias = FloatVector((0..<inner).map { bias[2 * $0 + 1] })
            return ExpertWeights(
                gateUp: .separate(
                    gate: linear(0, expert: expert, rows: inner, columns: hiddenSize, bias: gateBias),
                    up: linear(half, expert: expert, rows: inner, columns: hiddenSize, bias: upBias)),
                down: linear(
                    2 * half, expert: expert, rows: hiddenSize, columns: inner, bias: downBiases[expert]))
        }
    }
}

/// The codes and scales of one MXFP4 matrix [experts, rows, columns] in a checkpoint.
private struct PackedMatrix {
    private let source: WeightSource
    private let codes: OpaqueTensor
    private let scales: OpaqueTensor
    private let blocksPerRow: Int
    /// Bytes of a repacked row and of the repacked matrix.
    let rowBytes: Int
    let byteCount: Int

    init(source: WeightSource, names: LayerNames, part: String, shape: [Int]) throws(ModelFileError) {
        let format = WeightFormat.mxfp4
        let blockElements = format.blockElements
        let columns = shape[2]
        blocksPerRow = columns / blockElements
        // A remainder shows as a shape that no tensor of whole blocks can have.
        let blocks = (columns + blockElements - 1) / blockElements
        codes = try Self.tensor(
            source, names, "\(part)_blocks", shape: [shape[0], shape[1], blocks, WeightBuffer.mxfp4CodeBytes])
        scales = try Self.tensor(source, names, "\(part)_scales", shape: [shape[0], shape[1], blocks])
        guard let rowBytes = format.rowBytes(columns: columns) else {
            throw ModelFileError(
                .wrongShape(tensor: codes.name, found: codes.shape, expected: shape),
                path: source.file.parts[codes.part], offset: codes.offset)
        }
        self.source = source
        self.rowBytes = rowBytes
        byteCount = shape[0] * shape[1] * rowBytes
    }

    private static func tensor(
        _ source: WeightSource, _ names: LayerNames, _ part: String, shape: [Int]
    ) throws(ModelFileError) -> OpaqueTensor {
        let name = names([], ["mlp.experts.\(part)"]).huggingFace.first ?? part
        guard let tensor = source.file.opaqueTensors[name] else {
            throw ModelFileError(.missingTensor(name: name), path: source.file.path)
        }
        let path = source.file.parts[tensor.part]
        guard tensor.elementType == "U8" else {
            throw ModelFileError(
                .wrongFormat(tensor: name, found: tensor.elementType, expected: "U8"), path: path,
                offset: tensor.offset)
        }
        guard tensor.shape == shape else {
            throw ModelFileError(
                .wrongShape(tensor: name, found: tensor.shape, expected: shape), path: path,
                offset: tensor.offset)
        }
        return tensor
    }

    private static let codeBytes = WeightBuffer.mxfp4CodeBytes

    /// Repacks row `row`, counted through all experts.
    func storeRow(_ row: Int, in buffer: WeightBuffer, offsetBytes: Int) throws(ModelFileError) {
        let blocks = row * blocksPerRow..<(row + 1) * blocksPerRow
        let bytes = blocks.lowerBound * Self.codeBytes..<blocks.upperBound * Self.codeBytes
        try source.file.withBytes(of: codes, in: bytes) { (codes) throws(ModelFileError) in
            try source.file.withBytes(of: scales, in: blocks) { (scales) throws(ModelFileError) in
                buffer.storeMXFP4(codes: codes, scales: scales, offsetBytes: offsetBytes)
            }
        }
    }
}
