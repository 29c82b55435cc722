/// How many tokens to generate.
enum GeneratedLength {
    /// The value of `-n`; nil for -1, until the context is full.
    static func resolved(_ flag: Int?, _ resolver: inout SettingResolver) throws -> Int? {
        let count = try resolver.integer(["predict", "n"], flag: flag, default: -1)
        guard count >= -1 else {
            throw CommandFailure.usage(
                "-n is \(count); expected 0 or more, or -1 for as many as the context holds")
        }
        return count < 0 ? nil : count
    }
}
