public import Kernels
public import ModelFiles

/// The rows of one forward step: consecutive tokens of one or several sequences.
///
/// Filled by the engine, reused from step to step; capacity is fixed at load. Allocates: once. Runs on:
/// engine thread.
public final class Batch {
    /// Consecutive rows that belong to one sequence.
    public struct Slice {
        /// The sequence that the rows continue.
        public let state: SequenceState
        public let rows: Range<Int>
        /// Position in the sequence of the first row.
        public let firstPosition: Int
    }

    /// Rows that fit.
    public let capacity: Int
    /// Rows in the batch.
    public private(set) var count = 0
    /// Which rows belong to which sequence.
    public private(set) var slices: [Slice] = []
    /// Token id of each row.
    public let tokens: IndexBuffer
    /// Position in its sequence of each row.
    public let positions: IndexBuffer

    public init(capacity: Int, sequences: Int = 1) {
        self.capacity = capacity
        tokens = IndexBuffer(count: capacity)
        positions = IndexBuffer(count: capacity)
        slices.reserveCapacity(sequences)
    }

    /// Forgets all rows.
    public func reset() {
        count = 0
        slices.removeAll(keepingCapacity: true)
    }

    /// Adds `ids` as the next tokens of `state`.
    ///
    /// - Precondition: rows and the sequence's capacity suffice, and the sequence is not in the batch yet.
    public func append(_ ids: ArraySlice<TokenID>, to state: SequenceState) {
        precondition(count + ids.count <= capacity, "\(count) + \(ids.count) rows exceed \(capacity)")
        precondition(
            state.length + ids.count <= state.capacity,
            "\(state.length) + \(ids.count) positions exceed \(state.capacity)")
        precondition(!slices.contains { $0.state === state }, "a sequence can be in a batch once")
        slices.append(Slice(state: state, rows: count..<count + ids.count, firstPosition: state.length))
        for (offset, id) in ids.enumerated() {
            tokens[count + offset] = Int(id.rawValue)
            positions[count + offset] = state.length + offset
        }
        count += ids.count
    }
}
