import Generation
import Residency

/// What a replay is to try.
struct ReplayWishes {
    /// A policy, or one whose half-life is to be fitted.
    enum Policy {
        case given(ReplayPolicy)
        case fittedHalfLife(PolicyEntry)
    }

    var policies: [Policy] = []
    var budgets: [ReplayBudget] = []
    var allocations: [ReplayAllocation] = []
    var predictors: [ReplayPredictor] = []
    var isPerAccess = false
    var streams = 1
    /// Bytes of an expert where the user said it.
    var expertBytes: Int?

    /// Whether anything is learnt from traces.
    var fits: Bool {
        allocations.contains { $0.isFitted }
            || policies.contains { if case .fittedHalfLife(_) = $0 { true } else { false } }
    }

    /// Reads `all`, or names such as `lru,lfu:64,lfu:fit`; the bounds are always among them.
    ///
    /// - Throws: `CommandFailure` naming what is unknown.
    static func policies(_ text: String) throws -> [Policy] {
        if text == "all" { return ReplayPolicy.all.map { .given($0) } }
        var policies: [Policy] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            do {
                if name.hasSuffix(":fit") {
                    let choice = try PolicyRegistry.parse(String(name.dropLast(4)))
                    guard choice.entry.defaultHalfLifeTokens != nil else {
                        throw CommandFailure.usage(
                            "--policy: '\(choice.entry.name)' has no half-life to fit; write it alone")
                    }
                    policies.append(.fittedHalfLife(choice.entry))
                } else {
                    policies.append(.given(try ReplayPolicy.parse(String(name))))
                }
            } catch let error as ResidencyError {
                throw CommandFailure.usage("--policy: \(error)")
            }
        }
        let known = policies.compactMap { if case .given(let policy) = $0 { "\(policy)" } else { nil } }
        return policies + ReplayPolicy.bounds.filter { !known.contains("\($0)") }.map { .given($0) }
    }

    /// Reads `uniform,shallow:2,fitted`; `pools` says what `uniform` and `fitted` mean.
    ///
    /// - Throws: `CommandFailure` naming what is unknown.
    static func allocations(_ text: String, pools: String) throws -> [ReplayAllocation] {
        let kinds = ["layer": [false], "global": [true], "all": [false, true]][pools]
        guard let kinds else {
            throw CommandFailure.usage("--pools is \"\(pools)\"; expected layer, global or all")
        }
        var allocations: [ReplayAllocation] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let allocation = ReplayAllocation(String(name)) else {
                throw CommandFailure.usage(
                    "--allocation has \"\(name)\"; expected uniform, global, shallow:N, soft:N, fitted or "
                        + "fitted-soft")
            }
            for isGlobal in kinds {
                let meant: ReplayAllocation =
                    switch allocation {
                    case .uniform: isGlobal ? .global : .uniform
                    case .fitted: isGlobal ? .fittedSoft : .fitted
                    case .global, .shallow(_), .soft(_), .fittedSoft: allocation
                    }
                if !allocations.contains(meant) { allocations.append(meant) }
            }
        }
        return allocations
    }

    /// Reads `none,oracle`.
    ///
    /// - Throws: `CommandFailure` naming what is unknown.
    static func predictors(_ text: String) throws -> [ReplayPredictor] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
            guard let predictor = ReplayPredictor(rawValue: String(name)) else {
                let known = ReplayPredictor.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.usage("--predictor has \"\(name)\"; expected \(known)")
            }
            return predictor
        }
    }
}
