import CKernels

extension Compute {
    /// Writes `rows` in 8 bits or in BF16 to `output`.
    func quantize(_ rows: FloatMatrix, into output: sluice_quantized) {
        unsafe dispatch(
            operations.pointee.quantize,
            sluice_quantization(input: rows.forKernels, output: output, first_column: 0),
            units: rows.rows, elementsPerUnit: rows.columns)
    }

    /// Adds `product`, which reads `input`, to `list`.
    func append(_ product: Product, _ input: ProductInput, to list: KernelList) {
        let weights = product.weights
        let cut = ProductCut(rows: weights.rows, tokens: input.rows, threads: pool.threadCount)
        unsafe list.append(
            kernel(weights.format), arguments(product, input, cut: cut), units: cut.units,
            elementsPerUnit: cut.rowsPerUnit * cut.tokensPerUnit * max(weights.columns, 1))
    }

    /// What multiplies weights of `format` with inputs in the form that they read.
    func kernel(_ format: WeightFormat) -> sluice_kernel {
        unsafe sluice_integer_product(format.kernels, instructionSet.identifier) ?? operations.pointee.product
    }

    /// What a kernel is told of `product`, which reads `input`.
    func arguments(_ product: Product, _ input: ProductInput, cut: ProductCut) -> sluice_product {
        let weights = product.weights
        let format = unsafe weights.format.kernels
        let input = unsafe input.forKernels(product.output)
        return unsafe sluice_product(
            format: format, quantized: input.quantized, weights: weights.base,
            row_stride_bytes: Int64(weights.rowStrideBytes), rows: Int64(weights.rows),
            columns: Int64(weights.columns), input: input.floats, output: product.output.forKernels,
            bias: product.bias?.base, rows_per_unit: Int64(cut.rowsPerUnit),
            tokens_per_unit: Int64(cut.tokensPerUnit))
    }
}

extension WeightFormat {
    /// Elements that one scale of a product's input covers; 1 where the input is rounded to BF16, nil where
    /// it stays Float32.
    var inputBlockElements: Int? {
        switch self {
        case .float32, .float16: nil
        default: blockElements
        }
    }

    /// The format's row in the table of kernels.
    var kernels: UnsafePointer<sluice_format> {
        guard let row = unsafe sluice_format(rawValue) else { preconditionFailure("no kernels for \(name)") }
        precondition(
            unsafe Int(row.pointee.block_elements) == blockElements
                && Int(row.pointee.block_bytes) == blockBytes,
            "the kernels know other blocks of \(name)")
        return unsafe row
    }
}
