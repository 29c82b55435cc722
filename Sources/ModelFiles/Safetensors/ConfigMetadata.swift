/// Turns `config.json` into metadata: nested names joined by dots, null left out.
enum ConfigMetadata {
    /// - Throws: `invalidJSON` where the document is no object, `duplicateMetadata` where two paths join to
    ///   one key.
    static func read(_ path: String, bytes: FileBytes) throws(ModelFileError) -> Metadata {
        let json = try JSONValue.read(path, bytes: bytes)
        guard case .object(let members) = json else {
            throw ModelFileError(.invalidJSON(found: json.kind, expected: "an object"), path: path, offset: 0)
        }
        var values: [String: MetadataValue] = [:]
        for member in members { try add(member.value, member.name, path, to: &values) }
        return Metadata(values: values, path: path)
    }

    private static func add(
        _ value: JSONValue, _ key: String, _ path: String, to values: inout [String: MetadataValue]
    ) throws(ModelFileError) {
        switch value {
        case .null: return
        case .object(let members):
            for member in members { try add(member.value, key + "." + member.name, path, to: &values) }
        case .list(let elements):
            if let list = list(elements) {
                try set(list, key, path, &values)
            } else {
                // Objects in a list: their keys carry the index, as in `layers.0.name`.
                for (index, element) in elements.enumerated() {
                    try add(element, "\(key).\(index)", path, to: &values)
                }
            }
        default:
            if let scalar = scalar(value) { try set(scalar, key, path, &values) }
        }
    }

    private static func set(
        _ value: MetadataValue, _ key: String, _ path: String, _ values: inout [String: MetadataValue]
    ) throws(ModelFileError) {
        guard values.updateValue(value, forKey: key) == nil else {
            throw ModelFileError(.duplicateMetadata, path: path, key: key)
        }
    }

    private static func scalar(_ value: JSONValue) -> MetadataValue? {
        switch value {
        case .boolean(let flag): .boolean(flag)
        case .integer(let number): .integer(number)
        case .real(let number): .real(number)
        case .string(let text): .string(text)
        case .null, .list, .object: nil
        }
    }

    /// A list of one type where the elements have one; nil where an element is an object or null.
    private static func list(_ elements: [JSONValue]) -> MetadataValue? {
        var values: [MetadataValue] = []
        for element in elements {
            if let nested = element.list {
                guard let list = list(nested) else { return nil }
                values.append(list)
            } else {
                guard let scalar = scalar(element) else { return nil }
                values.append(scalar)
            }
        }
        return uniform(values)
    }

    private static func uniform(_ values: [MetadataValue]) -> MetadataValue {
        func all<Value>(_ extract: (MetadataValue) -> Value?) -> [Value]? {
            let found = values.compactMap(extract)
            return found.count == values.count && !found.isEmpty ? found : nil
        }
        if let integers = all({ if case .integer(let number) = $0 { number } else { nil } }) {
            return .integers(integers)
        }
        let reals: [Double]? = all {
            switch $0 {
            case .integer(let number): Double(number)
            case .real(let number): number
            default: nil
            }
        }
        if let reals { return .reals(reals) }
        if let flags = all({ if case .boolean(let flag) = $0 { flag } else { nil } }) {
            return .booleans(flags)
        }
        if let texts = all({ if case .string(let text) = $0 { text } else { nil } }) {
            return .strings(texts)
        }
        return .list(values)
    }
}
