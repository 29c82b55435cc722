public import Kernels

/// Attention whose query heads share key-value heads in groups: arXiv 2305.13245.
public struct GroupedQueryAttention: Sendable {
    public let stateShape: LayerStateShape

    public init(stateShape: LayerStateShape) { self.stateShape = stateShape }

    func forward(_ input: FloatMatrix, into output: FloatMatrix, layer: Int, context: StepContext) {}

    func scratchElements(rows: Int) -> Int { 0 }
}
