import Generation

/// A value that a run uses and where it came from.
struct Setting {
    /// In falling precedence. A profile stands between environment and default once profiles exist.
    enum Source: String {
        case flag, environment
        case `default`
    }

    let name: String
    let value: String
    let source: Source
}

/// Decides every setting: the flag, or else the environment, or else the default.
struct SettingResolver {
    private let environment: [String: String]
    private(set) var settings: [Setting] = []

    init(environment: [String: String]) { self.environment = environment }

    /// The value of one setting, recorded for `--plan`.
    ///
    /// - Parameter names: the flag's spellings without dashes, the one that plans show first; `SLUICE_<NAME>`
    ///   is looked for under each.
    /// - Parameter parse: reads the environment's text; nil where it cannot be read.
    /// - Throws: `CommandFailure` naming the environment variable and what it should hold.
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
        return nil
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
