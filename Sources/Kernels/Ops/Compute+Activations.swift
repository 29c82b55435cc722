import CKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Compute {
    /// target = target * sigmoid(target), element by element.
    public func silu(_ target: FloatMatrix) {
        unsafe elementwise(operations.pointee.silu, target, target, into: target)
    }

    /// target = 1 / (1 + exp(-target)), element by element.
    public func sigmoid(_ target: FloatMatrix) {
        unsafe elementwise(operations.pointee.sigmoid, target, target, into: target)
    }

    /// target = softmax of each of its rows.
    public func softmax(_ target: FloatMatrix) {
        unsafe elementwise(operations.pointee.softmax, target, target, into: target)
    }

    /// output = silu(gate) * up. Works in place on either. Source: arXiv 2002.05202.
    public func swiGLU(gate: FloatMatrix, up: FloatMatrix, into output: FloatMatrix) {
        unsafe elementwise(operations.pointee.swiglu, gate, up, into: output)
    }

    /// output = (u + 1) * g * sigmoid(alpha * g), where g is gate cut off above `limit` and u is up cut off
    /// beyond -`limit` ... `limit`. Works in place on either. Source: the expert activation of gpt-oss.
    public func clampedSwiGLU(
        gate: FloatMatrix, up: FloatMatrix, alpha: Float, limit: Float, into output: FloatMatrix
    ) {
        unsafe elementwise(
            operations.pointee.clamped_swiglu, gate, up, into: output, alpha: alpha, limit: limit)
    }

    /// The same with gate and up in turn.
    ///
    /// Shape: interleaved [rows, 2 * columns], even columns gate and odd
    /// ones up; output [rows, columns]. Not in place.
    public func clampedSwiGLU(
        interleaved: FloatMatrix, alpha: Float, limit: Float, into output: FloatMatrix
    ) {
        precondition(
            interleaved.rows == output.rows && interleaved.columns == 2 * output.columns,
            "interleaved \(interleaved.shape) into \(output.shape)")
        let arguments = unsafe sluice_elementwise(
            first: interleaved.forKernels, second: interleaved.forKernels, output: output.forKernels,
            alpha: alpha, limit: limit, interleaved: true)
        unsafe dispatch(
            operations.pointee.clamped_swiglu, arguments, units: output.rows, elementsPerUnit: output.columns)
    }

    /// e^x of one value, for the few that no matrix holds. Computed in Float64 and rounded.
    public static func exp(_ x: Float) -> Float { Float(exponential(Double(x))) }

    /// log(1 + e^x) of one value. Computed in Float64 and rounded; from 20 on it is x itself to Float32.
    public static func softplus(_ x: Float) -> Float { x > 20 ? x : Float(log1p(exponential(Double(x)))) }
}

/// The library's function, under a name that no member of `Compute` hides.
private func exponential(_ x: Double) -> Double { exp(x) }
