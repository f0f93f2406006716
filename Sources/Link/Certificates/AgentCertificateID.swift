public import Model

public enum AgentCertificateKind {}

/// The id of an agent's certificate. The certificate contains it, as its serial number and as a DNS name, so that its
/// revocation can be checked by the verified names.
public typealias AgentCertificateID = UniqueID<AgentCertificateKind>

/// The host and the certificate that verified names identify.
public struct AgentIdentity: Sendable, Equatable {
    public let host: HostName
    public let certificate: AgentCertificateID

    public init(host: HostName, certificate: AgentCertificateID) {
        self.host = host
        self.certificate = certificate
    }

    /// The last labels of the DNS name that contains a certificate's id.
    static let suffix = ".certificate.kilonova"

    /// The names that the certificate holds.
    package var certificateNames: [String] { [host.text, "\(certificate)\(Self.suffix)"] }

    /// Nil unless `names` are one host and one certificate id: the names of every other certificate of the authority,
    /// such as the server's own, are no host's.
    package init?(certificateNames names: [String]) {
        let carriers = names.filter { $0.hasSuffix(Self.suffix) }
        let hosts = names.filter { !$0.hasSuffix(Self.suffix) }
        guard carriers.count == 1, hosts.count == 1, let host = hosts.first, let carrier = carriers.first,
            let certificate = AgentCertificateID(String(carrier.dropLast(Self.suffix.count)))
        else { return nil }
        self.init(host: HostName(host), certificate: certificate)
    }

    /// Whether `name` may be a host's: what a certificate's DNS name and a log line can hold.
    package static func isHostName(_ name: String) -> Bool {
        (1...253).contains(name.utf8.count) && !name.lowercased().hasSuffix(suffix)
            && name.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") }
    }
}
