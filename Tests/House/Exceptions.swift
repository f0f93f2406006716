import Testing

/// What a rule still lets stand. The bound is the number on the list: it goes down with the list, and never up again.
struct Exceptions: Sendable {
    let bound: Int
    let names: Set<String>

    init(atMost bound: Int, _ names: Set<String>) {
        self.bound = bound
        self.names = names
    }

    static let none = Exceptions(atMost: 0, [])

    /// What is wrong: something new, an exception that is no longer needed, a list that is not of the size that it says.
    func complaints(_ found: Set<String>) -> [String] {
        var complaints = found.subtracting(names).sorted()
        complaints += names.subtracting(found).sorted().map { "no longer needed, take it off the list: \($0)" }
        if names.count > bound {
            complaints.append("a list of exceptions only shrinks: \(names.count) stand, of \(bound)")
        }
        if names.count < bound {
            complaints.append("\(names.count) exceptions stand: lower the bound, which is \(bound)")
        }
        return complaints
    }
}

/// Holds what a rule found against the exceptions that stand.
func hold(
    _ found: Set<String>, exceptions: Exceptions = .none, sourceLocation: SourceLocation = #_sourceLocation
) {
    for complaint in exceptions.complaints(found) {
        Issue.record(Comment(rawValue: complaint), sourceLocation: sourceLocation)
    }
}
