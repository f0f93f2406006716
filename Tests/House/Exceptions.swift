import Testing

/// Holds what a rule found against the exceptions that stand: nothing new, and none that is no longer needed.
func hold(
    _ found: Set<String>, exceptions: Set<String> = [], sourceLocation: SourceLocation = #_sourceLocation
) {
    for finding in found.subtracting(exceptions).sorted() {
        Issue.record(Comment(rawValue: finding), sourceLocation: sourceLocation)
    }
    for exception in exceptions.subtracting(found).sorted() {
        Issue.record("no longer needed, take it off the list: \(exception)", sourceLocation: sourceLocation)
    }
}
