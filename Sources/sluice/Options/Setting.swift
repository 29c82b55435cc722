import Generation
import Tuning

/// A value that a run uses and where it came from.
struct Setting {
    /// In falling precedence.
    enum Source: Equatable, CustomStringConvertible {
        case flag
        case environment
        /// A line of a profile, from 1.
        case profile(path: String, line: Int)
        case `default`

        /// One word, for scripts.
        var name: String {
            switch self {
            case .flag: "flag"
            case .environment: "environment"
            case .profile(_, _): "profile"
            case .default: "default"
            }
        }

        var description: String {
            if case .profile(let path, let line) = self { "profile '\(path)', line \(line)" } else { name }
        }
    }

    let name: String
    let value: String
    var source: Source
}

/// Decides every setting: the flag, or else the environment, or else the profile, or else the default.
struct SettingResolver {
    private let environment: [String: String]
    /// Nil where none is named.
    private(set) var profile: Profile?
    /// Options that a profile does not decide.
    private var isIgnored: Set<String> = []
    private(set) var settings: [Setting] = []

    init(environment: [String: String]) { self.environment = environment }

    /// A resolver with the profile that the flag or the environment names.
    ///
    /// - Parameter ignored: options that the command decides by what it does, whatever a profile says.
    /// - Throws: `CommandFailure` where there is no such file; `TuningError` where something is wrong in it.
    init(
        environment: [String: String], profile flag: String?, ignoring ignored: Set<String> = []
    ) throws {
        self.init(environment: environment)
        guard let path = try text(["profile"], flag: flag) else { return }
        let bytes = try InputFile.contents(of: path, mostBytes: SettingsFile.mostBytes + 1)
        profile = try Profile(bytes, path: path)
        isIgnored = ignored
    }

    /// The value of one setting, recorded for `--plan`.
    ///
    /// - Parameter names: the flag's spellings without dashes, the one that plans show first; `SLUICE_<NAME>`
    ///   is looked for under each.
    /// - Parameter parse: reads the environment's or the profile's text; nil where it cannot be read.
    /// - Throws: `CommandFailure` naming the environment variable, or the profile's line, and what it should
    ///   hold.
    mutating func resolve<Value>(
        _ names: [String], flag: Value?, default fallback: @autoclosure () -> Value, expected: String,
        parse: (String) -> Value?
    ) throws -> Value {
        let (value, source) =
            try choose(names, flag: flag, expected: expected, parse: parse) ?? (fallback(), .default)
        record(names[0], "\(value)", source)
        return value
    }

    /// As `resolve`, for a setting that may stay unset.
    mutating func optional<Value>(
        _ names: [String], flag: Value?, expected: String, shownDefault: String? = nil,
        parse: (String) -> Value?
    ) throws -> Value? {
        let chosen = try choose(names, flag: flag, expected: expected, parse: parse)
        if let chosen {
            record(names[0], "\(chosen.0)", chosen.1)
        } else if let shownDefault {
            record(names[0], shownDefault, .default)
        }
        return chosen?.0
    }

    /// Records a value that was decided elsewhere, such as a default that depends on the model.
    mutating func record(_ name: String, _ value: String, _ source: Setting.Source) {
        settings.append(Setting(name: name, value: value, source: source))
    }

    /// Where the value of the option `name` came from; nil where it was not decided yet.
    func source(of name: String) -> Setting.Source? { settings.last { $0.name == name }?.source }

    /// Says where a value came from that a command has resolved before and passes on as if it were a flag.
    mutating func setSource(of name: String, to source: Setting.Source?) {
        guard let source, let index = settings.lastIndex(where: { $0.name == name }) else { return }
        settings[index].source = source
    }

    private func choose<Value>(
        _ names: [String], flag: Value?, expected: String, parse: (String) -> Value?
    ) throws -> (Value, Setting.Source)? {
        if let flag { return (flag, .flag) }
        for name in names {
            let variable = "SLUICE_" + name.uppercased().replacing("-", with: "_")
            guard let text = environment[variable], !text.isEmpty else { continue }
            guard let value = parse(text) else {
                throw CommandFailure.usage(
                    "the environment variable \(variable) is \"\(text)\"; expected \(expected)")
            }
            return (value, .environment)
        }
        guard let profile, !isIgnored.contains(names[0]), let found = profile.value(of: names[0]) else {
            return nil
        }
        let source = Setting.Source.profile(path: profile.path, line: found.line)
        guard let value = parse(found.text) else {
            throw CommandFailure.failure(
                "\(source): --\(names[0]) is \"\(found.text)\"; expected \(expected)")
        }
        return (value, source)
    }

    /// The refusal of options that are wrong together, with the profile's share in it: who typed only one of
    /// them looks for the other.
    func refusal(_ sentence: String) -> CommandFailure {
        let named = settings.compactMap { setting -> String? in
            guard case .profile(_, _) = setting.source, sentence.contains("--\(setting.name)") else {
                return nil
            }
            return "--\(setting.name) \(setting.value) comes from the \(setting.source)"
        }
        return .usage(([sentence] + named).joined(separator: "; "))
    }
}

extension SettingResolver {
    /// An integer.
    mutating func integer(_ names: [String], flag: Int?, default fallback: Int) throws -> Int {
        try resolve(names, flag: flag, default: fallback, expected: "an integer") { Int($0) }
    }

    /// A number.
    mutating func real(_ names: [String], flag: Double?, default fallback: Double) throws -> Double {
        try resolve(names, flag: flag, default: fallback, expected: "a number") { Double($0) }
    }

    /// A text that may be missing.
    mutating func text(_ names: [String], flag: String?) throws -> String? {
        try optional(names, flag: flag, expected: "a text") { $0 }
    }

    /// A switch, which a flag can only turn on.
    mutating func isOn(_ name: String, flag: Bool) throws -> Bool {
        try resolve(
            [name], flag: flag ? true : nil, default: false,
            expected: "1, true, yes or on, or their opposites"
        ) {
            switch $0.lowercased() {
            case "1", "true", "yes", "on": true
            case "0", "false", "no", "off": false
            default: nil
            }
        }
    }
}
