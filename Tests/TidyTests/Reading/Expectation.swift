import Testing

/// Records every violation as an issue of the running test, so that one run shows all of them.
func expectNone(_ violations: [Violation], sourceLocation: SourceLocation = #_sourceLocation) {
    for violation in violations.prefix(50) {
        Issue.record("\(violation)", sourceLocation: sourceLocation)
    }
    if violations.count > 50 {
        Issue.record("and \(violations.count - 50) more", sourceLocation: sourceLocation)
    }
}
