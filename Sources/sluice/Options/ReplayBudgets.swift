import Generation

/// One of the budgets that a replay tries.
enum ReplayBudget: Hashable {
    /// Bytes for slots.
    case bytes(Int)
    /// Share of all experts' bytes, above 0 and at most 1.
    case share(Double)

    /// In bytes, of experts that take `allBytes` together.
    func bytes(of allBytes: Int) -> Int {
        switch self {
        case .bytes(let bytes): bytes
        // A share that is a whole number of experts must not lose one to rounding.
        case .share(let share): Int((share * Double(allBytes) + 1e-6).rounded(.down))
        }
    }

    /// Reads `10M,25%,50%`, ranges `5%..100%` in steps of their first value, and ranges with a step of their
    /// own: `1G..8G:512M`.
    ///
    /// - Throws: `CommandFailure` naming the part that cannot be read.
    static func list(_ text: String) throws -> [ReplayBudget] {
        var budgets: [ReplayBudget] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            for budget in try range(String(part)) where !budgets.contains(budget) { budgets.append(budget) }
        }
        guard budgets.count <= largestCount else {
            throw CommandFailure.usage("--budget asks for \(budgets.count) budgets; expected at most 1000")
        }
        return budgets
    }

    /// More is a slip of the keyboard.
    private static var largestCount: Int { 1000 }

    private static func range(_ text: String) throws -> [ReplayBudget] {
        guard let dots = text.firstRange(of: "..") else { return [try single(text)] }
        let first = try single(String(text[..<dots.lowerBound]))
        let ends = text[dots.upperBound...].split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count) else { throw unreadable(text) }
        let last = try single(String(ends[0]))
        let step = ends.count == 2 ? try single(String(ends[1])) : first
        switch (first, last, step) {
        case (.bytes(let first), .bytes(let last), .bytes(let step)) where first <= last:
            guard (last - first) / step < largestCount else { throw unreadable(text) }
            return stride(from: first, through: last, by: step).map { .bytes($0) }
        case (.share(let first), .share(let last), .share(let step)) where first <= last:
            let count = ((last - first) / step + 1e-9).rounded(.down)
            guard count < Double(largestCount) else { throw unreadable(text) }
            return (0...Int(count)).map { .share(min(first + Double($0) * step, 1)) }
        default: throw unreadable(text)
        }
    }

    private static func single(_ text: String) throws -> ReplayBudget {
        if text.hasSuffix("%") {
            guard let percent = Double(text.dropLast()), percent > 0, percent <= 100 else {
                throw unreadable(text)
            }
            return .share(percent / 100)
        }
        guard let bytes = ByteSize.parse(text) else { throw unreadable(text) }
        return .bytes(bytes)
    }

    private static func unreadable(_ text: String) -> CommandFailure {
        .usage(
            "--budget has \"\(text)\"; expected sizes and shares such as 10M,25%,50%, or ranges such as "
                + "5%..100% or 1G..8G:512M")
    }
}
