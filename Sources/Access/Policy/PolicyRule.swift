/// One rule of the policy with its default, as a service declares it.
public struct PolicyRule: Sendable, Equatable {
    /// Such as `placement:usages`, or a plain name for a rule that others refer to.
    public let name: String
    /// The default in oslo.policy's language.
    public let check: String
    /// Scopes a token may have; a token of another scope is refused before the check. Empty: any.
    public let scopes: Set<Scope>
    /// For the sample file: one sentence.
    public let description: String
    public let operations: [Operation]
    /// Names the rule had before; a policy file that still has one of them is heeded.
    public let deprecatedNames: [String]
    /// What upstream also admits until its operators switch to the new defaults. Heeded only where that is asked for, and
    /// where no policy file says otherwise.
    public let legacyCheck: String?

    public enum Scope: String, Sendable, CaseIterable {
        case project, domain, system
    }

    /// A call that the rule guards.
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
