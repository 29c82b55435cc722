#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// The natural logarithm of the C library.
func naturalLogarithm(_ value: Double) -> Double { log(value) }

/// e to the power of `value`, by the C library.
func exponential(_ value: Double) -> Double { exp(value) }
