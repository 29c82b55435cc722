import Foundation

/// An exception of tools/tidy/allow.txt: what one file may exceed, by how much, and why.
struct Allowance: Equatable {
    let rule: String
    let path: String
    let value: Int
    let reason: String

    static let file = "tools/tidy/allow.txt"

    /// Reads lines of the form `rule path value reason`; a line that is not of that form is a violation.
    static func parse(_ text: String) -> (allowances: [Allowance], violations: [Violation]) {
        var allowances: [Allowance] = []
        var violations: [Violation] = []
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
            if parts.count == 4, let value = Int(parts[2]) {
                allowances.append(
                    Allowance(
                        rule: String(parts[0]), path: String(parts[1]), value: value, reason: String(parts[3])
                    ))
            } else {
                violations.append(Violation(file, line: index + 1, "expected: rule path value reason"))
            }
        }
        return (allowances, violations)
    }
}
