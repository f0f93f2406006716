/// One rule of the policy with its default, as a service declares it.
public struct PolicyRule: Sendable, Equatable {
    /// Such as `placement:usages`, or a plain name for a rule that others reference.
    public let name: String
    /// The default in oslo.policy's language.
    public let check: String
    /// Scopes that a token may have; a token with another scope is refused before the check. Empty means any.
    public let scopes: Set<Scope>
    /// One sentence for the sample file.
    public let description: String
    public let operations: [Operation]
    /// Former names of the rule; policy files may still use them.
    let deprecatedNames: [String]
    /// What upstream also admits until its operators switch to the new defaults. It applies only if that is configured,
    /// and if no policy file overrides the rule.
    public let legacyCheck: String?

    public enum Scope: String, Sendable, CaseIterable {
        case project, domain, system
    }

    /// A request that the rule guards.
    public struct Operation: Sendable, Equatable {
        public let method: String
        public let path: String

        public init(_ method: String, _ path: String) {
            self.method = method
            self.path = path
        }
    }

    public init(
        _ name: String, _ check: String, scopes: Set<Scope> = [], _ description: String = "",
        operations: [Operation] = [], deprecatedNames: [String] = [], legacyCheck: String? = nil
    ) {
        self.name = name
        self.check = check
        self.scopes = scopes
        self.description = description
        self.operations = operations
        self.deprecatedNames = deprecatedNames
        self.legacyCheck = legacyCheck
    }
}
