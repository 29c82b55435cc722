extension Compute {
    public static func exp(_ x: Float) -> Float { x }
    public func softmax(_ m: FloatMatrix) {}
    public func sigmoid(_ m: FloatMatrix) {}
    public func swiGLU(gate: FloatMatrix, up: FloatMatrix, into output: FloatMatrix) {}
    public func clampedSwiGLU(gate: FloatMatrix, up: FloatMatrix, alpha: Float, limit: Float, into output: FloatMatrix) {}
    public func clampedSwiGLU(interleaved: FloatMatrix, alpha: Float, limit: Float, into output: FloatMatrix) {}
}
