import CKernels

extension ExpertStep {
    /// Whether an expert's rows are gathered: one row alone is read where it lies.
    var isGathered: Bool { rowOfPlace != nil && input.rows > 1 }

    /// The input of `places` as weights of `format` read it, gathered by a call that this adds.
    ///
    /// Gathered rows lie in the outputs of their places; in 8 bits or BF16 they take less than there is.
    mutating func inputRows(_ places: Range<Int>, _ format: WeightFormat) -> ProductInput {
        let target = outputs.slice(rows: places)
        guard let blockElements = format.inputBlockElements else {
            guard let rowOfPlace, isGathered else { return .floats(input) }
            let floatBytes = Int64(MemoryLayout<Float>.stride)
            let arguments = unsafe sluice_gather(
                source: input.base, target: target.base,
                source_stride_bytes: Int64(input.stride) * floatBytes,
                target_stride_bytes: Int64(target.stride) * floatBytes,
                row_bytes: Int64(input.columns) * floatBytes, rows: rowOfPlace.base + places.lowerBound)
            unsafe appendGather(arguments, rows: places.count)
            return .floats(target)
        }
        let all = unsafe quantizedInput(blockElements: blockElements)
        guard let rowOfPlace, isGathered else { return unsafe .quantized(all) }
        let own = unsafe target.quantized(
            rows: places.count, columns: input.columns, blockElements: blockElements)
        let arguments = unsafe sluice_gather(
            source: all.base, target: own.base, source_stride_bytes: all.stride_bytes,
            target_stride_bytes: own.stride_bytes, row_bytes: all.stride_bytes,
            rows: rowOfPlace.base + places.lowerBound)
        unsafe appendGather(arguments, rows: places.count)
        return unsafe .quantized(own)
    }

    private func appendGather(_ arguments: sluice_gather, rows: Int) {
        unsafe compute.expertCalls.gather.append(
            compute.operations.pointee.gather, arguments, units: rows, elementsPerUnit: input.columns)
    }

    /// The step's input in blocks of `blockElements`, computed when it is first asked for.
    private mutating func quantizedInput(blockElements: Int) -> sluice_quantized {
        let memory =
            switch blockElements {
            case 1: halves
            case 32: shortBlocks
            default: longBlocks
            }
        let rows = unsafe memory.quantized(
            rows: input.rows, columns: input.columns, blockElements: blockElements)
        if filledBlocks & blockElements == 0 { unsafe compute.quantize(input, into: rows) }
        filledBlocks |= blockElements
        return unsafe rows
    }

    /// Where the inner rows of `places` go, in the form in which the down projection reads them.
    func innerRows(_ places: Range<Int>, _ expert: ExpertNetwork) -> ProductInput {
        let own = inner.slice(rows: places)
        guard let block = expert.down.weights.format.inputBlockElements else {
            return .floats(own.slice(columns: 0..<expert.innerSize))
        }
        return unsafe .quantized(
            own.quantized(rows: places.count, columns: expert.innerSize, blockElements: block))
    }

    /// Adds gate, up and activation of `expert`.
    func appendInner(_ expert: ExpertNetwork, input: ProductInput, output: ProductInput) {
        // A product of a unit writes to its thread's scratch; of this only the shape counts.
        let shape = inner.slice(rows: 0..<output.rows).slice(columns: 0..<expert.innerSize)
        let cut = ProductCut(
            innerRows: expert.innerSize, tokens: output.rows,
            blockElements: expert.down.weights.format.blockElements, places: outputs.rows,
            threads: compute.pool.threadCount)
        let gate = Product(expert.gate.weights, bias: expert.gate.bias, into: shape)
        let up = Product(expert.up.weights, bias: expert.up.bias, into: shape)
        let result = unsafe output.forKernels(shape)
        var arguments = unsafe sluice_expert_inner(
            gate_product: compute.kernel(expert.gate.weights.format),
            up_product: compute.kernel(expert.up.weights.format),
            gate: compute.arguments(gate, input, cut: cut), up: compute.arguments(up, input, cut: cut),
            clamps: false, alpha: 0, limit: 0, quantizes: output.isQuantized, inner: result.floats,
            quantized: result.quantized)
        if case .clampedSwiGLU(let alpha, let limit) = expert.activation {
            unsafe arguments.clamps = true
            unsafe arguments.alpha = alpha
            unsafe arguments.limit = limit
        }
        unsafe compute.expertCalls.inner.append(
            compute.operations.pointee.expert_inner, arguments, units: cut.units,
            elementsPerUnit: 2 * cut.rowsPerUnit * cut.tokensPerUnit * max(expert.gate.weights.columns, 1))
    }
}
