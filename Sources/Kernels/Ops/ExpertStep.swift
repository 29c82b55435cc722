import CKernels

/// The experts of one step's rows as one operation: add those that are in memory, run them, add and run the
/// others when they have come, and sum up at the end.
///
/// A choice of the step (a row and one of its experts) has a place; the places of an expert lie behind each
/// other. The result has the bits of products, activation and sums one after the other, whatever was run
/// together. Allocates: none; memory comes from the arena. Runs on: engine thread, one step at a time.
public struct ExpertStep {
    let compute: Compute
    /// [rows, hiddenSize].
    let input: FloatMatrix
    /// The input's row of each place; nil where place i is row i.
    let rowOfPlace: IndexBuffer?
    /// [places, hiddenSize], the experts' outputs. Until they are run an expert's places hold its gathered
    /// input.
    let outputs: FloatMatrix
    /// Memory for what lies between up and down [places, innerSize], in the form that down reads.
    let inner: FloatMatrix
    /// Memory for the input in BF16, and in 8 bits in blocks of 32 and of 256.
    let halves: FloatMatrix
    let shortBlocks: FloatMatrix
    let longBlocks: FloatMatrix
    /// Which of them the input is already in: the sum of 1, 32 and 256.
    var filledBlocks = 0

    /// - Parameter outputs: takes the result of each place.
    /// - Parameter rowOfPlace: nil where place i is row i, for a network that all rows go through.
    /// - Parameter innerSize: width between up and down of the widest expert.
    public init(
        _ input: FloatMatrix, rowOfPlace: IndexBuffer?, outputs: FloatMatrix, innerSize: Int, arena: Arena,
        compute: Compute
    ) {
        precondition(
            (rowOfPlace?.count ?? input.rows) >= outputs.rows, "\(outputs.rows) places without rows")
        self.compute = compute
        self.input = input
        self.rowOfPlace = rowOfPlace
        self.outputs = outputs
        inner = arena.matrix(rows: outputs.rows, columns: innerSize)
        halves = arena.matrix(rows: input.rows, columns: Self.quantizedElements(input.columns, 1))
        shortBlocks = arena.matrix(rows: input.rows, columns: Self.quantizedElements(input.columns, 32))
        longBlocks = arena.matrix(rows: input.rows, columns: Self.quantizedElements(input.columns, 256))
    }

    /// Arena elements that a step takes besides its outputs.
    public static func scratchElements(rows: Int, places: Int, hiddenSize: Int, innerSize: Int) -> Int {
        Arena.elements(rows: places, columns: innerSize)
            + Arena.elements(rows: rows, columns: quantizedElements(hiddenSize, 1))
            + Arena.elements(rows: rows, columns: quantizedElements(hiddenSize, 32))
            + Arena.elements(rows: rows, columns: quantizedElements(hiddenSize, 256))
    }

    /// Elements of Float32 that a row of `columns` takes in blocks of `blockElements`.
    private static func quantizedElements(_ columns: Int, _ blockElements: Int) -> Int {
        Int(sluice_quantized_row_bytes(Int64(columns), Int64(blockElements))) / MemoryLayout<Float>.stride
    }

    /// Adds an expert for the rows of `places`.
    ///
    /// - Precondition: the places lie within the step, and no other expert has them.
    public mutating func add(_ expert: ExpertNetwork, places: Range<Int>) {
        precondition(
            places.lowerBound >= 0 && places.upperBound <= outputs.rows, "\(places) of \(outputs.rows)")
        precondition(
            expert.gate.weights.columns == input.columns && expert.down.weights.rows == outputs.columns
                && expert.innerSize <= inner.columns,
            "an expert of \(expert.gate.weights.columns) and \(expert.innerSize) columns for \(input.shape)")
        guard !places.isEmpty else { return }
        precondition(isGathered || places.count == input.rows, "\(places) of \(input.rows) rows")
        if compute.expertCalls.inner.isFull { run() }
        let innerRows = innerRows(places, expert)
        appendInner(expert, input: inputRows(places, expert.gate.weights.format), output: innerRows)
        compute.append(
            Product(expert.down.weights, bias: expert.down.bias, into: outputs.slice(rows: places)),
            innerRows, to: compute.expertCalls.down)
    }

    /// Runs what was added since the last time.
    public func run() {
        compute.dispatch(compute.expertCalls.gather)
        compute.dispatch(compute.expertCalls.inner)
        compute.dispatch(compute.expertCalls.down)
    }

    /// output[t] += sum over ranks r of weights[t, r] * outputs[placeOfChoice[t * ranks + r]], in order of
    /// ranks.
    ///
    /// Shape: weights [rows, ranks], output [rows, hiddenSize].
    /// - Precondition: the expert of every choice has been run.
    public func finish(weights: FloatMatrix, placeOfChoice: IndexBuffer, addingTo output: FloatMatrix) {
        let choices = weights.rows * weights.columns
        precondition(
            output.rows == weights.rows && output.columns == outputs.columns
                && choices <= placeOfChoice.count,
            "\(weights.shape) weights into \(output.shape)")
        for choice in 0..<choices {
            precondition(placeOfChoice[choice] >= 0 && placeOfChoice[choice] < outputs.rows)
        }
        let arguments = unsafe sluice_ranked_sum(
            rows: outputs.forKernels, weights: weights.forKernels, output: output.forKernels,
            row_of: placeOfChoice.base)
        unsafe compute.dispatch(
            compute.operations.pointee.ranked_sum, arguments, units: output.rows,
            elementsPerUnit: output.columns * weights.columns)
    }
}
