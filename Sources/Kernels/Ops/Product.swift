import CKernels

/// One of the products that an input takes part in: output[t, r] = dot(weights[r], input[t]) + bias[r].
public struct Product {
    /// Shape: [rows, columns]; output [tokens, rows], bias [1, rows] or nil.
    public let weights: WeightMatrix
    public let bias: FloatMatrix?
    public let output: FloatMatrix

    public init(_ weights: WeightMatrix, bias: FloatMatrix? = nil, into output: FloatMatrix) {
        precondition(output.columns == weights.rows, "\(weights.rows) rows into \(output.shape)")
        precondition(
            bias.map { $0.columns == weights.rows && $0.rows == 1 } ?? true, "bias of another width")
        self.weights = weights
        self.bias = bias
        self.output = output
    }

    /// Whether the weights meet the input in 8 bits, in blocks of `blockElements`, or, where that is 1, in
    /// BF16.
    func takes(_ blockElements: Int) -> Bool { weights.format.inputBlockElements == blockElements }

    /// The same for the tokens of `range` only.
    func slice(tokens range: Range<Int>) -> Product {
        Product(weights, bias: bias, into: output.slice(rows: range))
    }
}

/// The input of a product as its kernel reads it.
@safe enum ProductInput {
    /// As it is.
    case floats(FloatMatrix)
    /// In 8 bits or in BF16.
    case quantized(sluice_quantized)

    var rows: Int {
        switch self {
        case .floats(let matrix): matrix.rows
        case .quantized(let rows): unsafe Int(rows.rows)
        }
    }

    var isQuantized: Bool {
        switch self {
        case .floats: false
        case .quantized: true
        }
    }

    /// Both forms; the one that it is not has the rows of `placeholder`, or none, and is not read.
    func forKernels(_ placeholder: FloatMatrix) -> (floats: sluice_matrix, quantized: sluice_quantized) {
        switch self {
        case .floats(let matrix):
            unsafe (
                matrix.forKernels, placeholder.quantized(rows: 0, columns: 0, blockElements: 1)
            )
        case .quantized(let rows): unsafe (placeholder.forKernels, rows)
        }
    }
}

extension FloatMatrix {
    /// The memory of a matrix without padding as rows in 8 bits or in BF16.
    ///
    /// - Precondition: they fit.
    func quantized(rows count: Int, columns: Int, blockElements: Int) -> sluice_quantized {
        let rowBytes = sluice_quantized_row_bytes(Int64(columns), Int64(blockElements))
        precondition(
            count * Int(rowBytes) <= rows * self.columns * MemoryLayout<Float>.stride
                && (count == 0 || stride == self.columns || rows <= 1),
            "\(count) rows of \(rowBytes) bytes in \(shape)")
        return unsafe sluice_quantized(
            base: base, rows: Int64(count), columns: Int64(columns), stride_bytes: rowBytes,
            block_elements: Int64(blockElements))
    }
}
