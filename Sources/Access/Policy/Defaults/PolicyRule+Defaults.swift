extension Set<PolicyRule.Scope> {
    static let project: Set = [.project]
    /// What operators' tokens have: the system's, or a project's.
    static let operators: Set = [.system, .project]
    static let every: Set = [.system, .domain, .project]
}

extension PolicyRule.Operation {
    /// From `GET /path`.
    init(_ text: String) {
        let space = text.firstIndex(of: " ") ?? text.endIndex
        self.init(String(text[..<space]), String(text[space...].drop { $0 == " " }))
    }
}
