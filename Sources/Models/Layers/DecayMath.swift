#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The functions by which a delta net's decay follows from a time step.
enum DecayMath {
    static func exponential(_ value: Float) -> Float { exp(value) }

    /// log(1 + exp(value)); beyond 20 the value itself, which Float32 cannot tell from it.
    static func softplus(_ value: Float) -> Float { value > 20 ? value : log1p(exp(value)) }
}
