import Kernels
import Synchronization
import TestSupport
import Testing

/// Keeps the memory of every test alive to the end of the process:
/// views own nothing, and a test is about other things.
enum TestMemory {
    private static let kept = Mutex<[any AnyObject & Sendable]>([])

    static func keep(_ owner: some AnyObject & Sendable) { kept.withLock { $0.append(owner) } }
}

extension FloatMatrix {
    /// A matrix of its own, all zero.
    static func zeros(_ rows: Int, _ columns: Int) -> FloatMatrix {
        let buffer = FloatBuffer(count: rows * columns)
        TestMemory.keep(buffer)
        return buffer.matrix(rows: rows, columns: columns)
    }

    /// A matrix of its own with values uniform in `range`.
    static func random(
        _ rows: Int, _ columns: Int, in range: Range<Float> = -1..<1, using generator: inout SeededGenerator
    ) -> FloatMatrix {
        let buffer = FloatBuffer(generator.floats(rows * columns, in: range))
        TestMemory.keep(buffer)
        return buffer.matrix(rows: rows, columns: columns)
    }

    /// A matrix of its own with the same elements.
    var copy: FloatMatrix {
        let result = FloatMatrix.zeros(rows, columns)
        for row in 0..<rows { result.copyRow(from: self, row: row, to: row) }
        return result
    }

    /// The elements of a matrix without padding as one row.
    var asRow: FloatMatrix {
        let result = FloatMatrix.zeros(1, rows * columns)
        for (index, value) in values.enumerated() { result[0, index] = value }
        return result
    }

    /// All elements, row by row.
    var values: [Float] { (0..<rows).flatMap { row in (0..<columns).map { self[row, $0] } } }

    /// The elements' bits, row by row: equal where results are equal to the last bit.
    var bits: [UInt32] { values.map(\.bitPattern) }
}

/// One way to run the kernels: an instruction set and a number of threads.
struct Configuration: CustomTestStringConvertible, Sendable {
    let set: InstructionSet
    let threads: Int

    var testDescription: String { "\(set) on \(threads) threads" }

    var compute: Compute { Compute(pool: ThreadPool(threadCount: threads), instructionSet: set) }

    /// Every set that this machine can run, on 1, 2 and 3 threads.
    static var all: [Configuration] {
        InstructionSet.available.flatMap { set in [1, 2, 3].map { Configuration(set: set, threads: $0) } }
    }
}
