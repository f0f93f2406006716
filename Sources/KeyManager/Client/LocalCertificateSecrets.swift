package import API
import Clients
package import Model

/// Certificates for other services of the same process, by the same rules as over HTTP.
package struct LocalCertificateSecrets: CertificateSecrets {
    private let vault: SecretVault
    private let authorizer: any Authorizer

    /// - Parameter authorizer: of the key manager's policy
    public init(_ service: KeyManagerService, authorizer: any Authorizer) {
        vault = service.vault
        self.authorizer = authorizer
    }

    public func certificate(_ id: SecretID, for caller: Caller) async throws(Fault) -> [UInt8] {
        do {
            let secret = try await vault.record(id, for: caller)
            for rule in ["secret:get", "secret:decrypt"] {
                try authorizer.authorize(caller, rule: rule, target: secret.target)
            }
            try CertificateSecret.check(type: secret.type.rawValue, of: id)
            guard secret.contentType != nil else { throw CertificateSecret.withoutPayload(id) }
            let payload = try await vault.payload(of: secret)
            try CertificateSecret.check(size: payload.bytes.count, of: id)
            return payload.bytes
        } catch let fault as Fault {
            switch fault.kind {
            case .notFound: throw CertificateSecret.unknown(id)
            case .forbidden: throw CertificateSecret.forbidden(id)
            default: throw fault
            }
        } catch let error as any FaultConvertible {
            throw error.fault
        } catch {
            throw .internalError("a certificate cannot be read: \(error)")
        }
    }
}
