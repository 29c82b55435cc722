import Residency

/// Settings for a machine, or for a machine and a model: what the command line would say, from a file.
public struct Profile: Sendable {
    /// A value that the file gives to a command-line option.
    public struct Value: Sendable, Equatable {
        /// As the option would be given it.
        public let text: String
        /// Line of the file, from 1.
        public let line: Int
    }

    /// What the file says, key by key.
    public let file: SettingsFile

    /// Reads the bytes of a profile.
    ///
    /// - Parameters:
    ///   - bytes: may stop one byte behind ``SettingsFile/mostBytes``.
    ///   - path: names the file in errors.
    /// - Throws: what is wrong first: the text, a key, a value, or keys that conflict.
    public init(_ bytes: [UInt8], path: String) throws(TuningError) {
        file = try SettingsFile(bytes, path: path, keys: ProfileKeys.all)
        try ProfileConflicts(file).check()
    }

    /// As it was named by who reads it.
    public var path: String { file.path }

    /// The model that the values were measured with; nil where the file does not say.
    public var modelFingerprint: String? { file.entry("tuned.model_fingerprint")?.text }

    /// What the file gives to the option `name`, without dashes; nil where it gives nothing.
    public func value(of name: String) -> Value? {
        guard let entry = file.entries.first(where: { $0.key.option == name }) else { return nil }
        let number: SettingsFile.Entry? =
            switch name {
            case "policy": file.entry("experts.half_life_tokens")
            case "allocation": file.entry("experts.favoured_layers")
            default: nil
            }
        let text = number.map { "\(entry.text):\($0.text)" } ?? entry.text
        return Value(text: text, line: entry.place.line)
    }
}
