import ModelFiles

/// Hyperparameters: each look-up names the key in its error, and every number is bounded, so that later
/// products of two sizes fit an `Int`.
extension WeightSource {
    /// Bound on sizes and counts: 64 times the width and vocabulary of today's largest models.
    static let maximumSize = 1 << 24
    /// Bound on layers: 20 times the deepest model of today.
    static let maximumLayers = 4096

    /// The key of the first spelling that the file has.
    private func presentKey(_ name: FileName) -> String? {
        keys(name).first { file.metadata.values[$0] != nil }
    }

    /// An error about the value of `name`.
    func invalid(_ name: FileName, found: String, expected: String) -> ModelFileError {
        let key = presentKey(name) ?? keys(name).first ?? "(no key)"
        return ModelFileError(.wrongMetadata(key: key, found: found, expected: expected), path: file.path)
    }

    private func missing(_ name: FileName) -> ModelFileError {
        ModelFileError(.missingMetadata(key: keys(name).first ?? "(no key)"), path: file.path)
    }

    /// - Throws: `wrongMetadata` for another type and for a value outside `range`.
    func count(_ name: FileName, in range: ClosedRange<Int> = 0...maximumSize) throws(ModelFileError) -> Int?
    {
        guard let key = presentKey(name), let value = try file.metadata.count(key) else { return nil }
        guard range.contains(value) else {
            throw invalid(name, found: "\(value)", expected: "\(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// - Throws: also `missingMetadata`.
    func requireCount(_ name: FileName, in range: ClosedRange<Int> = 1...maximumSize) throws(ModelFileError)
        -> Int
    {
        guard let value = try count(name, in: range) else { throw missing(name) }
        return value
    }

    func real(_ name: FileName, in range: ClosedRange<Double> = -1e9...1e9) throws(ModelFileError) -> Double?
    {
        guard let key = presentKey(name), let value = try file.metadata.real(key) else { return nil }
        guard range.contains(value) else {
            throw invalid(name, found: "\(value)", expected: "\(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func requireReal(_ name: FileName, in range: ClosedRange<Double> = -1e9...1e9) throws(ModelFileError)
        -> Double
    {
        guard let value = try real(name, in: range) else { throw missing(name) }
        return value
    }

    func boolean(_ name: FileName) throws(ModelFileError) -> Bool? {
        guard let key = presentKey(name) else { return nil }
        return try file.metadata.boolean(key)
    }

    func string(_ name: FileName) throws(ModelFileError) -> String? {
        guard let key = presentKey(name) else { return nil }
        return try file.metadata.string(key)
    }

    func strings(_ name: FileName) throws(ModelFileError) -> [String]? {
        guard let key = presentKey(name) else { return nil }
        return try file.metadata.strings(key)
    }

    func integers(_ name: FileName) throws(ModelFileError) -> [Int64]? {
        guard let key = presentKey(name) else { return nil }
        return try file.metadata.integers(key)
    }

    func reals(_ name: FileName) throws(ModelFileError) -> [Double]? {
        guard let key = presentKey(name) else { return nil }
        return try file.metadata.reals(key)
    }

    func booleans(_ name: FileName) throws(ModelFileError) -> [Bool]? {
        guard let key = presentKey(name) else { return nil }
        return try file.metadata.booleans(key)
    }

    /// A count that the file states once for all layers or as a list with an entry per layer.
    ///
    /// - Returns: one count per layer.
    /// - Throws: `wrongMetadata` where a list is too short or an entry lies outside `range`.
    func counts(
        _ name: FileName, layers: Int, in range: ClosedRange<Int> = 1...maximumSize
    ) throws(ModelFileError) -> [Int]? {
        guard let key = presentKey(name) else { return nil }
        guard case .integers(let list)? = file.metadata.values[key] else {
            guard let value = try count(name, in: range) else { return nil }
            return Array(repeating: value, count: layers)
        }
        guard list.count >= layers else {
            throw invalid(name, found: "\(list.count) entries", expected: "\(layers)")
        }
        var result: [Int] = []
        for value in list.prefix(layers) {
            guard let count = Int(exactly: value), range.contains(count) else {
                throw invalid(name, found: "\(value)", expected: "\(range.lowerBound) to \(range.upperBound)")
            }
            result.append(count)
        }
        return result
    }
}
