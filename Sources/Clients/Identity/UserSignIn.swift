public import Model

/// A sign-in with a password, with all the ways in which clients' configurations name users, domains and scopes.
public struct UserSignIn: Sendable, Equatable {
    public enum Domain: Sendable, Equatable {
        case id(String)
        case name(String)
    }

    /// A user or a project, by id, or by name within a domain.
    public enum Reference: Sendable, Equatable {
        case id(String)
        case name(String, Domain)
    }

    public enum Scope: Sendable, Equatable {
        case project(Reference)
        case domain(Domain)
        case system
        case none
    }

    public var user: Reference
    public var password: Secret
    public var scope: Scope

    public init(user: Reference, password: Secret, scope: Scope) {
        self.user = user
        self.password = password
        self.scope = scope
    }
}
