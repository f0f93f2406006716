public import Model

/// The tokens with which this program calls other services.
public protocol ServiceTokens: Sendable {
    /// A token that another service should accept. Throws 503 if none can be obtained.
    func token() async throws(Fault) -> Secret
    /// Reports that a service refused `token`. The next token is a different one, if there can be one.
    func forget(_ token: Secret)
}
