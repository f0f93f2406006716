public import API
import Crypto
import FoundationEssentials
import KeyFiles
import Link
public import Model
import SwiftASN1
import X509

/// The control plane's own authority, which signs the certificates of agents and of the listener for agents.
///
/// One file in a folder that only its owner may read contains key and certificate; the process that opens the folder
/// first creates it. Keys are P-256; the authority's certificate is valid for ten years.
public struct CertificateAuthority: Sendable {
    private let certificate: Certificate
    private let key: Certificate.PrivateKey
    private let ids: IDSource
    private let time: TimeSource

    /// PEM of the authority's certificate, which agents trust and the agents' listener accepts.
    public let certificatePEM: String
    /// SHA-256 over the certificate's DER, in base64url. An enrolment token contains it, so that a new host can
    /// recognise the authority.
    public let fingerprint: String

    private static let fileName = "authority.pem"
    private static let lifetime = Duration.seconds(10 * 365 * 86_400)
    /// Certificates are valid from a little before their creation, for hosts whose clock is slow.
    private static let leeway = Duration.seconds(300)

    /// Opens the authority in `folder`, or creates one. Replicas that share an authority share the folder's file.
    public static func open(
        folder: String, time: TimeSource = .system, ids: IDSource = .random
    ) async throws(Fault) -> CertificateAuthority {
        do {
            let folder = try await PrivateFolder(folder)
            if let text = try await folder.text(fileName) {
                return try CertificateAuthority(pem: text, time: time, ids: ids)
            }
            let text = try make(time: time, ids: ids)
            if try await folder.create(fileName, text) {
                return try CertificateAuthority(pem: text, time: time, ids: ids)
            }
            guard let other = try await folder.text(fileName) else {
                throw Fault.internalError("'\(fileName)' vanished from '\(folder.path)' while it was opened")
            }
            return try CertificateAuthority(pem: other, time: time, ids: ids)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .internalError("\(error)")
        }
    }

    init(pem: String, time: TimeSource, ids: IDSource) throws(Fault) {
        self.time = time
        self.ids = ids
        do {
            let documents = try PEMDocument.parseMultiple(pemString: pem)
            guard let own = documents.first(where: { $0.discriminator == "CERTIFICATE" }),
                let secret = documents.first(where: { $0.discriminator.hasSuffix("PRIVATE KEY") })
            else { throw Fault.internalError("the authority's file holds no certificate and key") }
            certificate = try Certificate(pemDocument: own)
            key = try Certificate.PrivateKey(pemDocument: secret)
            certificatePEM = own.pemString + "\n"
            fingerprint = EnrolmentToken.fingerprint(ofAuthority: own.derBytes)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .internalError("the authority's file cannot be read: \(error)")
        }
    }

    private static func make(time: TimeSource, ids: IDSource) throws(Fault) -> String {
        do {
            let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
            let name = try DistinguishedName { CommonName("Kilonova agents") }
            let certificate = try Certificate(
                version: .v3, serialNumber: serial(ids.next()), publicKey: key.publicKey,
                notValidBefore: (time.now() - leeway).date, notValidAfter: (time.now() + lifetime).date,
                issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    SubjectKeyIdentifier(hash: key.publicKey)
                },
                issuerPrivateKey: key)
            return try certificate.serializeAsPEM().pemString + "\n" + key.serializeAsPEM().pemString + "\n"
        } catch {
            throw .internalError("an authority could not be made: \(error)")
        }
    }

    private static func serial(_ id: AgentCertificateID) -> Certificate.SerialNumber {
        let bytes = id.uuid.uuid
        return Certificate.SerialNumber(
            bytes: [
                bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5, bytes.6, bytes.7, bytes.8, bytes.9, bytes.10,
                bytes.11, bytes.12, bytes.13, bytes.14, bytes.15,
            ])
    }

    /// A host's certificate for the key that `signingRequest` proves.
    func certificate(
        for host: HostName, signingRequest: SigningRequest, lifetime: Duration
    ) throws(Fault) -> (entry: CertificateBook.Entry, pem: String) {
        let id: AgentCertificateID = ids.next()
        let notBefore = time.now() - Self.leeway
        let notAfter = time.now() + lifetime
        let pem = try sign(
            signingRequest.publicKey, id: id, name: host.text,
            names: AgentIdentity(host: host, certificate: id).certificateNames.map { .dnsName($0) },
            usage: .clientAuth, from: notBefore, to: notAfter)
        return (
            CertificateBook.Entry(id: id, host: host, notBefore: notBefore, notAfter: notAfter, revokedAt: nil), pem
        )
    }

    /// Certificate chain and key, both PEM, for a listener for agents.
    ///
    /// - Parameter names: DNS names and IPv4 or IPv6 addresses at which agents reach it
    package func serverIdentity(
        names: [String], lifetime: Duration = .seconds(365 * 86_400)
    ) throws(Fault) -> (certificateChain: String, privateKey: String) {
        guard let first = names.first else { throw .internalError("a server's certificate needs a name") }
        let own = P256.Signing.PrivateKey()
        let pem = try sign(
            Certificate.PublicKey(own.publicKey), id: ids.next(), name: first, names: names.map(Self.generalName),
            usage: .serverAuth, from: time.now() - Self.leeway, to: time.now() + lifetime)
        return (pem, own.pemRepresentation + "\n")
    }

    /// TLS settings of a listener for agents, which present certificates of this authority. A client without a
    /// certificate is admitted as well, because a host must enrol before it has one; only enrolment accepts it.
    ///
    /// - Parameter names: DNS names and IPv4 or IPv6 addresses at which agents reach it
    public func listenerTLS(names: [String]) throws(Fault) -> ListenerConfiguration.TLS {
        let identity = try serverIdentity(names: names)
        return ListenerConfiguration.TLS(
            certificateChain: [UInt8](identity.certificateChain.utf8), privateKey: [UInt8](identity.privateKey.utf8),
            clientAuthorities: [UInt8](certificatePEM.utf8), requiresClientCertificate: false)
    }

    private static func generalName(_ name: String) -> GeneralName {
        IPAddressBytes(name).map { .ipAddress(ASN1OctetString(contentBytes: $0.bytes[...])) } ?? .dnsName(name)
    }

    private func sign(
        _ publicKey: Certificate.PublicKey, id: AgentCertificateID, name: String, names: [GeneralName],
        usage: ExtendedKeyUsage.Usage, from notBefore: Timestamp, to notAfter: Timestamp
    ) throws(Fault) -> String {
        do {
            let certificate = try Certificate(
                version: .v3, serialNumber: Self.serial(id), publicKey: publicKey, notValidBefore: notBefore.date,
                notValidAfter: notAfter.date, issuer: self.certificate.subject,
                subject: try DistinguishedName { CommonName(String(name.prefix(64))) },
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([usage])
                    SubjectAlternativeNames(names)
                    SubjectKeyIdentifier(hash: publicKey)
                    AuthorityKeyIdentifier(
                        keyIdentifier: SubjectKeyIdentifier(hash: self.certificate.publicKey).keyIdentifier)
                },
                issuerPrivateKey: key)
            return try certificate.serializeAsPEM().pemString + "\n"
        } catch {
            throw .internalError("a certificate for '\(name)' could not be signed: \(error)")
        }
    }
}

extension Timestamp {
    /// Rounded to whole seconds, which certificates use.
    var date: Date { Date(timeIntervalSince1970: Double(microseconds / 1_000_000)) }
}
