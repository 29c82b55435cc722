public import Kernels
public import ModelFiles

/// A model file as an architecture reads it: hyperparameters and tensors under glossary names, shapes checked
/// on the way.
///
/// Runs on: the loading thread. Nothing is copied except vectors that are decoded to Float32.
public struct WeightSource: Sendable {
    public let file: ModelFile
    /// GGUF prefixes hyperparameters with the architecture (`qwen3moe.block_count`).
    let keyPrefix: String
    /// Whether weights that have to be repacked are; false where only sizes are asked for.
    let fillsOwnedWeights: Bool
    /// Decodes vectors; has no threads.
    let decoder: Compute

    /// Reads `file` under the keys of one architecture.
    public init(file: ModelFile, keyPrefix: String, fillsOwnedWeights: Bool = true) {
        self.file = file
        self.fillsOwnedWeights = fillsOwnedWeights
        self.keyPrefix = keyPrefix
        decoder = Compute(pool: ThreadPool(threadCount: 1))
    }

    /// Whether names are GGUF's; otherwise they are Hugging Face's.
    public var isGGUF: Bool { file.container == .gguf }

    /// The metadata keys that `name` means in this file, in order of preference.
    func keys(_ name: FileName) -> [String] {
        isGGUF ? name.gguf.map { keyPrefix + "." + $0 } : name.huggingFace
    }

    /// The tensor names that `name` means in this file, in order of preference.
    func tensorNames(_ name: FileName) -> [String] {
        isGGUF ? name.gguf : name.huggingFace
    }

    /// The record of the first spelling that the file has.
    public func find(_ name: FileName) -> TensorRecord? {
        for candidate in tensorNames(name) {
            if let record = file.tensors[candidate] { return record }
        }
        return nil
    }

    func require(_ name: FileName) throws(ModelFileError) -> TensorRecord {
        guard let record = find(name) else {
            throw ModelFileError(
                .missingTensor(name: tensorNames(name).first ?? "(no name)"), path: file.path)
        }
        return record
    }

    /// A matrix [rows, columns]; leading dimensions of a file's tensor are folded into the rows.
    public func matrix(_ name: FileName, rows: Int, columns: Int) throws(ModelFileError) -> WeightMatrix {
        let record = try require(name)
        return try matrix(record, shape: [rows, columns])
    }

    /// The tensor of `record` if its shape, with dimensions of 1 left out, is `shape`.
    func matrix(_ record: TensorRecord, shape: [Int]) throws(ModelFileError) -> WeightMatrix {
        try check(record, shape: shape)
        return try file.matrix(record).reshaped(columns: shape.last ?? 1)
    }

    /// The matrices [rows, columns] of a tensor [matrices, rows, columns] one by one, as a store holds them.
    func slices(_ name: FileName, shape: [Int]) throws(ModelFileError) -> [WeightMatrix] {
        let record = try require(name)
        try check(record, shape: shape)
        let count = shape.first ?? 1
        let rows = record.elementCount / (record.shape.last ?? 1) / count
        var slices: [WeightMatrix] = []
        slices.reserveCapacity(count)
        for index in 0..<count {
            let slice = try file.matrix(record, rows: index * rows..<(index + 1) * rows)
            slices.append(slice.reshaped(columns: shape.last ?? 1))
        }
        return slices
    }

    private func check(_ record: TensorRecord, shape: [Int]) throws(ModelFileError) {
        guard record.shape.filter({ $0 != 1 }) == shape.filter({ $0 != 1 }) else {
            throw ModelFileError(
                .wrongShape(tensor: record.name, found: record.shape, expected: shape),
                path: file.parts[record.part], offset: record.offset)
        }
    }
}
