extension ModelFile {
    /// Calls `body` with the bytes `range` of a tensor that is no matrix; a tensor's bytes start at 0.
    ///
    /// Allocates: none.
    /// - Throws: `scatteredBytes` where the bytes do not lie together.
    /// - Precondition: `tensor` is one of this file's, and the range lies inside it.
    public func withBytes<Result>(
        of tensor: OpaqueTensor, in range: Range<Int>, _ body: (Span<UInt8>) throws(ModelFileError) -> Result
    ) throws(ModelFileError) -> Result {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= tensor.byteCount,
            "bytes \(range) of \(tensor.byteCount)")
        let start = tensor.offset + range.lowerBound
        try check(start..<start + range.count, of: tensor.name, part: tensor.part)
        return try bytes(of: tensor.part).withSpan(start..<start + range.count, body)
    }
}
