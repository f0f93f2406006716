public import Model

/// Validates tokens. Implemented by `Identity` (embedded) and by a client of Keystone (here).
public protocol TokenSource: Sendable {
    /// Nil if the token is unknown, expired or revoked, or if its user, project or domain is disabled. Throws 503 if
    /// the token cannot be validated now. `allowExpired` admits tokens after their expiry, within the configured
    /// window.
    func caller(for token: Secret, allowExpired: Bool) async throws(Fault) -> Caller?
}
