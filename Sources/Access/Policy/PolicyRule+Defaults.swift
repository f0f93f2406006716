extension Set<PolicyRule.Scope> {
    public static let project: Set = [.project]
    /// The scopes of operators' tokens: the system or a project.
    public static let operators: Set = [.system, .project]
    public static let every: Set = [.system, .domain, .project]
}

extension PolicyRule.Operation {
    /// Reads `GET /path`.
    public init(_ text: String) {
        let space = text.firstIndex(of: " ") ?? text.endIndex
        self.init(String(text[..<space]), String(text[space...].drop { $0 == " " }))
    }
}
