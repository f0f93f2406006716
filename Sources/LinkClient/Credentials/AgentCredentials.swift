import FoundationEssentials
import Link
public import Model
import SwiftASN1
import X509

/// An agent's key and certificate, and the control plane's authority that it trusts. They are in one file, so that they
/// always belong together.
public struct AgentCredentials: Sendable, Equatable {
    /// PEM.
    public let privateKey: Secret
    public let certificateChain: String
    public let authority: String
    public let host: HostName
    public let notBefore: Timestamp
    public let notAfter: Timestamp

    init(key: String, issued: IssuedCertificate) throws(Fault) {
        try self.init(pem: key + issued.certificateChain + issued.authority)
    }

    /// Key, chain and authority in this order.
    package init(pem: String) throws(Fault) {
        do {
            let documents = try PEMDocument.parseMultiple(pemString: pem)
            let certificates = documents.filter { $0.discriminator == "CERTIFICATE" }
            guard let key = documents.first(where: { $0.discriminator.hasSuffix("PRIVATE KEY") }),
                certificates.count >= 2, let own = certificates.first, let authority = certificates.last
            else { throw Fault.internalError("the agent's credentials are not key, certificate and authority") }
            let certificate = try Certificate(pemDocument: own)
            var names: [String] = []
            if let alternatives = try certificate.extensions.subjectAlternativeNames {
                for case .dnsName(let name) in alternatives { names.append(name) }
            }
            guard let identity = AgentIdentity(certificateNames: names) else {
                throw Fault.internalError("the agent's certificate names no host")
            }
            privateKey = Secret(key.pemString + "\n")
            certificateChain = certificates.dropLast().map { $0.pemString + "\n" }.joined()
            self.authority = authority.pemString + "\n"
            host = identity.host
            notBefore = Timestamp(certificate.notValidBefore)
            notAfter = Timestamp(certificate.notValidAfter)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .internalError("the agent's credentials cannot be read: \(error)")
        }
    }

    var pem: String { privateKey.revealed + certificateChain + authority }

    /// Whether half of the certificate's lifetime is over, when agents renew it.
    func isDue(at now: Timestamp) -> Bool {
        now.microseconds >= notBefore.microseconds / 2 + notAfter.microseconds / 2
    }

    /// Whether the certificate has not expired. Only the control plane knows whether it was revoked.
    public func holds(at now: Timestamp) -> Bool { now < notAfter }

    /// Whether a token's fingerprint is that of the authority.
    static func isAuthority(_ pem: String, of fingerprint: String) -> Bool {
        guard let document = try? PEMDocument(pemString: pem) else { return false }
        return EnrolmentToken.fingerprint(ofAuthority: document.derBytes) == fingerprint
    }
}

extension Timestamp {
    init(_ date: Date) {
        self.init(microseconds: Int64((date.timeIntervalSince1970 * 1_000_000).rounded()))
    }
}
