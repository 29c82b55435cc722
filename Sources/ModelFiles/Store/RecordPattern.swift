public import Kernels

/// How the bytes of a progressive record are arranged: a prefix that alone is an expert of lower precision,
/// and the rest.
///
/// Layout: the prefix holds, matrix after matrix, the prefixes of its blocks, or the whole matrix where its
/// format does not come apart; the rest holds the rests of the blocks, matrix after matrix. Joined, the
/// record is the plain one: the source's bytes, matrix after matrix, and no byte more or fewer.
public struct RecordPattern: Sendable, Equatable {
    /// A matrix of an expert.
    public struct Matrix: Sendable, Equatable {
        /// How its elements are stored.
        public var format: WeightFormat
        /// Its bytes in the source.
        public var byteCount: Int
        /// Whether its blocks are in two parts.
        public var isSplit: Bool

        /// - Precondition: a split matrix is whole blocks of a format that comes apart.
        public init(format: WeightFormat, byteCount: Int, isSplit: Bool) {
            precondition(
                !isSplit || BlockPlanes(format) != nil && byteCount % format.blockBytes == 0,
                "\(byteCount) bytes of \(format.name) do not come apart")
            self.format = format
            self.byteCount = byteCount
            self.isSplit = isSplit
        }

        /// How its blocks come apart; nil where they do not.
        package var planes: BlockPlanes? { isSplit ? BlockPlanes(format) : nil }

        /// Blocks of it.
        package var blockCount: Int { byteCount / format.blockBytes }

        /// Its bytes in the prefix of a record.
        package var prefixBytes: Int { planes.map { blockCount * $0.prefixBytes } ?? byteCount }
    }

    /// In the order in which the expert's matrices follow one another.
    public var matrices: [Matrix]

    /// A record of `matrices`.
    public init(_ matrices: [Matrix]) { self.matrices = matrices }

    /// Bytes of the record.
    public var byteCount: Int { matrices.reduce(0) { $0 + $1.byteCount } }

    /// Bytes of its prefix: reading them is enough for the expert in lower precision.
    public var prefixBytes: Int { matrices.reduce(0) { $0 + $1.prefixBytes } }

    /// Whether any matrix comes apart.
    public var isSplit: Bool { matrices.contains(where: \.isSplit) }
}

// MARK: - Records in memory

extension RecordPattern {
    /// Puts the record at `record` together at `plain`: the source's bytes. The memories do not overlap.
    ///
    /// Cost: a pass over the record; allocates: none. Runs on: any thread.
    @unsafe public func join(_ record: UnsafeRawPointer, into plain: UnsafeMutableRawPointer) {
        unsafe restore(record, into: plain) { (planes, prefix, rest, blocks, count) in
            unsafe planes.join(prefix: prefix, rest: rest, into: blocks, count: count)
        }
    }

    /// Makes an expert of lower precision, in the same formats, of the first `prefixBytes` bytes of a record.
    ///
    /// Cost: a pass over the record; allocates: none. Runs on: any thread.
    @unsafe public func expand(_ prefix: UnsafeRawPointer, into plain: UnsafeMutableRawPointer) {
        unsafe restore(prefix, into: plain) { (planes, prefix, _, blocks, count) in
            unsafe planes.expand(prefix, into: blocks, count: count)
        }
    }

    private func restore(
        _ record: UnsafeRawPointer, into plain: UnsafeMutableRawPointer,
        _ body: (BlockPlanes, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
    ) {
        var prefix = unsafe record
        var rest = unsafe record + prefixBytes
        var target = unsafe plain
        for matrix in matrices {
            if let planes = matrix.planes {
                let count = matrix.blockCount
                unsafe body(planes, prefix, rest, target, count)
                unsafe rest += count * planes.restBytes
            } else {
                unsafe target.copyMemory(from: prefix, byteCount: matrix.byteCount)
            }
            unsafe prefix += matrix.prefixBytes
            unsafe target += matrix.byteCount
        }
    }
}
