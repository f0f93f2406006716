public import Model

/// The keys of an account at an object store.
public struct ObjectCredentials: Sendable {
    /// Stands in signed requests and links; not a secret.
    let accessKey: String
    let secretKey: Secret

    public init(accessKey: String, secretKey: Secret) {
        self.accessKey = accessKey
        self.secretKey = secretKey
    }
}
