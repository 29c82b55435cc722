/// Numbers tokens of files that only say, in order, which layer a line is of.
///
/// A step ends where the layers fall; within a layer, the lines are of one token after another.
struct UnnamedRows {
    private var step = 0
    /// Tokens in front of this step.
    private var firstPosition = 0
    /// Tokens that any layer of this step has had.
    private var rowsOfStep = 0
    private var layer = -1
    private var rowsOfLayer = 0

    /// The token that the next line is of.
    ///
    /// - Parameter startsAnew: whether a step ends before this line even where the layer is the same.
    mutating func token(layer: Int, startsAnew: Bool = false) -> TraceAssembler.Token {
        if layer < self.layer || startsAnew && layer == self.layer {
            step += 1
            firstPosition += rowsOfStep
            rowsOfStep = 0
            rowsOfLayer = 0
        } else if layer != self.layer {
            rowsOfLayer = 0
        }
        self.layer = layer
        let position = firstPosition + rowsOfLayer
        rowsOfLayer += 1
        rowsOfStep = max(rowsOfStep, rowsOfLayer)
        return TraceAssembler.Token(position: position, step: step)
    }
}
