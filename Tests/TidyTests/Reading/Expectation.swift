import Testing

/// Records every violation as an issue of the running test, so that one run shows all of them.
func expectNone(_ violations: [Violation], sourceLocation: SourceLocation = #_sourceLocation) {
    for violation in violations.prefix(200) {
        Issue.record("\(violation)", sourceLocation: sourceLocation)
    }
    if violations.count > 200 {
        Issue.record("and \(violations.count - 200) more", sourceLocation: sourceLocation)
    }
}
