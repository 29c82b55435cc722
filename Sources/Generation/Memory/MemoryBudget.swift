/// What the user allows the whole process: `8G`, `70%` of the machine's or cgroup's limit, or what is free
/// (`auto`).
public enum MemoryBudget: Sendable, Equatable {
    case bytes(Int)
    /// Share of the limit, above 0 and at most 1.
    case share(Double)
    case automatic

    /// Reads a flag's value; nil where it is none of the three forms.
    public init?(_ text: String) {
        if text.lowercased() == "auto" {
            self = .automatic
        } else if text.hasSuffix("%") {
            guard let percent = Double(text.dropLast()), percent > 0, percent <= 100 else { return nil }
            self = .share(percent / 100)
        } else {
            guard let bytes = ByteSize.parse(text) else { return nil }
            self = .bytes(bytes)
        }
    }

    /// The budget in bytes on `machine`; nil for `auto` where the machine tells nothing about its memory.
    public func resolved(on machine: MachineMemory) -> Int? {
        switch self {
        case .bytes(let bytes): bytes
        case .share(let share): machine.limitBytes.map { Int(Double($0) * share) }
        case .automatic: machine.automaticBudgetBytes
        }
    }
}
