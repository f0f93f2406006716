public import Model

/// What a certificate in the key manager may be, and the refusals of one that is not. The same wherever the key manager is.
public enum CertificateSecret {
    /// The most bytes of a payload.
    public static let longest = 64 * 1024
    /// Clients that store a file without naming its type make an opaque secret.
    private static let types: Set<String> = ["certificate", "opaque"]

    /// Throws 400 where a secret of this type is no certificate.
    public static func check(type: String, of id: SecretID) throws(Fault) {
        guard types.contains(type) else {
            throw .badRequest(
                "Secret \(id) is of the type '\(type.shown)' and not 'certificate'; store the certificate as one of that type."
            )
        }
    }

    /// Throws 400 where a payload is no certificate for its size.
    public static func check(size: Int, of id: SecretID) throws(Fault) {
        guard size > 0 else { throw withoutPayload(id) }
        guard size <= longest else {
            throw .badRequest("Secret \(id) has \(size) bytes; a certificate has at most \(longest).")
        }
    }

    public static func unknown(_ id: SecretID) -> Fault {
        .notFound("The key manager has no secret \(id) that you may see.")
    }

    public static func forbidden(_ id: SecretID) -> Fault {
        .forbidden("You may not read the payload of secret \(id) in the key manager.")
    }

    public static func withoutPayload(_ id: SecretID) -> Fault {
        .badRequest("Secret \(id) has no payload; store the certificate in it.")
    }
}
