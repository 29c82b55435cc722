/// Collects the tensors of a model's parts and checks what no single description can: names, ranges and
/// overlaps.
struct TensorDirectory {
    private(set) var records: [String: TensorRecord] = [:]
    private(set) var opaque: [String: OpaqueTensor] = [:]

    /// The tensors of one part, in the order in which they lie there.
    struct Placement {
        let name: String
        let range: Range<Int>
    }

    /// - Parameters:
    ///   - parts: the paths of the parts so far; the record lies in one of them.
    ///   - offset: where an error about the name points.
    /// - Throws: `duplicateTensor`, `limitExceeded`.
    mutating func add(_ record: TensorRecord, parts: [String], offset: Int) throws(ModelFileError) {
        try check(record.name, path: parts[record.part], parts, offset: offset)
        records[record.name] = record
    }

    /// The same for a tensor that is no weight.
    mutating func add(_ tensor: OpaqueTensor, parts: [String], offset: Int) throws(ModelFileError) {
        try check(tensor.name, path: parts[tensor.part], parts, offset: offset)
        opaque[tensor.name] = tensor
    }

    var count: Int { records.count + opaque.count }

    private func check(_ name: String, path: String, _ parts: [String], offset: Int) throws(ModelFileError) {
        if let part = records[name]?.part ?? opaque[name]?.part {
            let code = ModelFileError.Code.duplicateTensor(otherPath: parts[part])
            throw ModelFileError(code, path: path, offset: offset, tensor: name)
        }
        guard count < FileLimits.tensors else {
            let code = ModelFileError.Code.limitExceeded(
                limit: "the tensors", found: UInt64(count + 1), maximum: UInt64(FileLimits.tensors))
            throw ModelFileError(code, path: path)
        }
    }

    /// The placements by offset, where none overlaps the next.
    ///
    /// - Throws: `overlappingTensors`.
    static func sorted(_ placements: [Placement], path: String) throws(ModelFileError) -> [Placement] {
        let sorted = placements.sorted { ($0.range.lowerBound, $0.name) < ($1.range.lowerBound, $1.name) }
        for (first, second) in zip(sorted, sorted.dropFirst())
        where second.range.lowerBound < first.range.upperBound {
            throw ModelFileError(
                .overlappingTensors(other: first.name), path: path, offset: second.range.lowerBound,
                tensor: second.name)
        }
        return sorted
    }
}
