public import Model

/// The content of a token. Roles, names and enabled flags are looked up when the token is validated.
public struct TokenPayload: Sendable, Equatable {
    public var user: UserID
    public var methods: Methods
    public var scope: Scope
    public var applicationCredential: ApplicationCredentialID?
    public var issued: Timestamp
    public var expires: Timestamp
    /// The token's own id. If it was obtained with another token, the ids of its predecessors follow, the first token's
    /// last.
    public var auditIDs: [AuditID]

    /// How many tokens may be obtained from one another in a row.
    public static let longestChain = 8

    public enum Scope: Sendable, Hashable {
        case unscoped
        case project(ProjectID)
        case domain(DomainID)
        case system
    }

    /// How the user proved who they are.
    public struct Methods: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        public static let password = Methods(rawValue: 1)
        public static let token = Methods(rawValue: 2)
        public static let applicationCredential = Methods(rawValue: 4)
        public static let totp = Methods(rawValue: 8)

        private static let known: [(Methods, String)] = [
            (.password, "password"), (.token, "token"), (.applicationCredential, "application_credential"),
            (.totp, "totp"),
        ]

        /// By Identity's names, in a fixed order.
        public var names: [String] { Self.known.filter { contains($0.0) }.map(\.1) }

        /// Nil for an unknown method.
        public init?(name: String) {
            guard let method = Self.known.first(where: { $0.1 == name })?.0 else { return nil }
            self = method
        }
    }

    public init(
        user: UserID, methods: Methods, scope: Scope, applicationCredential: ApplicationCredentialID? = nil,
        issued: Timestamp, expires: Timestamp, auditIDs: [AuditID]
    ) {
        self.user = user
        self.methods = methods
        self.scope = scope
        self.applicationCredential = applicationCredential
        self.issued = issued
        self.expires = expires
        self.auditIDs = auditIDs
    }
}
