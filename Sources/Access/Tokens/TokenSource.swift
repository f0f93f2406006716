public import Model

/// Says what a token stands for. Implemented by `Identity` (embedded) and by a client of a real Keystone (here).
public protocol TokenSource: Sendable {
    /// Nil when the token is unknown, expired, revoked, or its user, project or domain is disabled.
    /// Throws 503 when nobody can say. `allowExpired` admits tokens past their end within the configured window.
    func caller(for token: Secret, allowExpired: Bool) async throws(Fault) -> Caller?
}
