public import Model

/// The token that a user's request came with: there is no other one.
public struct UserToken: ServiceTokens, Equatable {
    private let secret: Secret

    public init(_ secret: Secret) {
        self.secret = secret
    }

    public func token() async throws(Fault) -> Secret { secret }
    public func forget(_ token: Secret) {}
}
