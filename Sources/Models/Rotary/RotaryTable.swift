public import Kernels

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Cosines and sines of every position for one rotary spec; layers that turn alike share one table.
///
/// Shape: [positions, rotatedSize], the cosines of all pairs and then their sines. Allocates: once. Runs on:
/// engine thread.
public struct RotaryTable: Sendable {
    public let spec: RotarySpec
    private let storage: FloatBuffer
    private let longStorage: FloatBuffer?
    private let positions: Int

    /// - Parameter positions: positions that sequences can have.
    public init(spec: RotarySpec, positions: Int) {
        self.spec = spec
        self.positions = positions
        storage = Self.fill(spec.frequencies(), positions: positions)
        // The second set can only be asked for by sequences that outgrow the original context.
        if case .longRope(let long) = spec.scaling, positions > long.originalContextLength {
            longStorage = Self.fill(spec.frequencies(isLong: true), positions: positions)
        } else {
            longStorage = nil
        }
    }

    /// The table for a sequence; `usesLong` is the sequence's length class.
    public func matrix(usesLong: Bool) -> FloatMatrix {
        (usesLong ? longStorage ?? storage : storage).matrix(rows: positions, columns: spec.rotatedSize)
    }

    /// Sequences that outgrow this many positions belong to the long class; nil where there is one class.
    public var originalContextLength: Int? {
        if case .longRope(let long) = spec.scaling { long.originalContextLength } else { nil }
    }

    private static func fill(_ frequencies: RotarySpec.Frequencies, positions: Int) -> FloatBuffer {
        let pairs = frequencies.angles.count
        let buffer = FloatBuffer(count: positions * 2 * pairs)
        let table = buffer.matrix(rows: positions, columns: 2 * pairs)
        for position in 0..<positions {
            for pair in 0..<pairs {
                // The angle in Float32, as the reference has it; its cosine as exact as it can be.
                let angle = Double(Float(position) * frequencies.angles[pair])
                table[position, pair] = Float(cos(angle)) * frequencies.magnitude
                table[position, pairs + pair] = Float(sin(angle)) * frequencies.magnitude
            }
        }
        return buffer
    }
}
