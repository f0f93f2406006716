public import Model

/// The token of a user's request, which cannot be replaced by another.
public struct UserToken: ServiceTokens, Equatable {
    private let secret: Secret

    public init(_ secret: Secret) {
        self.secret = secret
    }

    public func token() async throws(Fault) -> Secret { secret }
    public func forget(_ token: Secret) {}
}
