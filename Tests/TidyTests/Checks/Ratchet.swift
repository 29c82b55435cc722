/// Compares measurements with a limit, where a file may be allowed to exceed it by a stated amount and never
/// more.
struct Ratchet {
    let rule: String
    let limit: Int
    let unit: String

    /// - Parameter measured: the worst of each file, with the line where it is.
    func violations(
        _ measured: [(path: String, line: Int?, value: Int)], allowances: [Allowance]
    ) -> [Violation] {
        let allowed = Dictionary(
            allowances.filter { $0.rule == rule }.map { ($0.path, $0.value) }, uniquingKeysWith: max)
        var unused = Set(allowed.keys)
        var violations: [Violation] = []
        for (path, line, value) in measured {
            let ceiling = allowed[path]
            if ceiling != nil { unused.remove(path) }
            if value > max(limit, ceiling ?? limit) {
                violations.append(
                    Violation(path, line: line, "\(value) \(unit), at most \(ceiling ?? limit)"))
            } else if let ceiling, value <= limit {
                violations.append(
                    Violation(Allowance.file, "\(rule) \(path) \(ceiling) is no longer needed: remove it"))
            } else if let ceiling, value < ceiling {
                violations.append(Violation(Allowance.file, "\(rule) \(path) can be lowered to \(value)"))
            }
        }
        return violations
            + unused.sorted().map { Violation(Allowance.file, "\(rule) names \($0), which is not checked") }
    }
}
