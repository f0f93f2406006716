public import Model

/// Certificates that lie in the key manager as secrets.
public protocol CertificateSecrets: Sendable {
    /// The payload of a secret of the type `certificate` or `opaque`: PEM or DER, which nobody looked at yet.
    ///
    /// Throws 404 where there is no such secret, or none that the caller may know of; 403 where the caller may not read it; 400 where it
    /// is of another type, without payload, or larger than a certificate can be; 401 where the caller's token has expired; 502 and 503
    /// where the key manager cannot say.
    ///
    /// - Parameter caller: on whose behalf, with the token of the request where there is one
    func certificate(_ id: SecretID, for caller: Caller) async throws(Fault) -> [UInt8]
}
