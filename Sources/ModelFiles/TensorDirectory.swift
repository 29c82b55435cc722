/// Collects the tensors of a model's parts and checks what no single description can: names, ranges and overlaps.
struct TensorDirectory {
    private(set) var records: [String: TensorRecord] = [:]
    private(set) var opaque: [String: OpaqueTensor] = [:]
    private var pathByName: [String: String] = [:]

    /// The tensors of one part, in the order in which they lie there.
    struct Placement {
        let name: String
        let range: Range<Int>
    }

    /// - Parameter offset: where errors about the name point.
    mutating func add(_ record: TensorRecord, path: String, offset: Int) throws(ModelFileError) {
        try claim(record.name, path: path, offset: offset)
        records[record.name] = record
    }

    mutating func add(_ tensor: OpaqueTensor, path: String, offset: Int) throws(ModelFileError) {
        try claim(tensor.name, path: path, offset: offset)
        opaque[tensor.name] = tensor
    }

    var count: Int { records.count + opaque.count }

    private mutating func claim(_ name: String, path: String, offset: Int) throws(ModelFileError) {
        if let other = pathByName.updateValue(path, forKey: name) {
            throw ModelFileError(.duplicateTensor(otherPath: other), path: path, offset: offset, tensor: name)
        }
        guard count < FileLimits.tensors else {
            let found = UInt64(count + 1)
            throw ModelFileError(
                .limitExceeded(limit: "the tensors", found: found, maximum: UInt64(FileLimits.tensors)),
                path: path)
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
