import Generation
import ModelFiles

/// The resolved plan: for people and, with `--json`, for scripts.
struct PlanText {
    private let session: ModelSession

    init(_ session: ModelSession) { self.session = session }

    /// The memory plan, as printed before loading.
    var memory: String {
        let plan = session.plan
        let budget = plan.budgetBytes.map { "of \(ByteSize.text($0)) allowed" } ?? "no limit known"
        var rows = plan.lines.map { [$0.name, ByteSize.text($0.bytes), $0.detail] }
        rows.append(["total", ByteSize.text(plan.totalBytes), budget])
        return "memory plan\n" + TextTable.text(rows, rightAligned: [1])
    }

    /// Every setting with its source, and the memory plan.
    func text(_ settings: [Setting]) -> String {
        let rows = settings.map { [$0.name, $0.value, $0.source.description] }
        return "settings\n" + TextTable.text(rows) + memory
    }

    func json(_ settings: [Setting]) -> JSONValue {
        let plan = session.plan
        return .members([
            "model": .string(session.file.path),
            "settings": .object(
                settings.map { setting in
                    JSONMember(name: setting.name, value: Self.json(setting))
                }),
            "memory": .members([
                "lines": .list(
                    plan.lines.map {
                        .members([
                            "name": .string($0.name), "bytes": .count($0.bytes), "detail": .string($0.detail),
                        ])
                    }),
                "total": .count(plan.totalBytes),
                "budget": .optional(plan.budgetBytes),
            ]),
        ])
    }

    private static func json(_ setting: Setting) -> JSONValue {
        guard case .profile(let path, let line) = setting.source else {
            return .members(["value": .string(setting.value), "source": .string(setting.source.name)])
        }
        return .members([
            "value": .string(setting.value), "source": .string(setting.source.name),
            "file": .string(path), "line": .count(line),
        ])
    }
}
