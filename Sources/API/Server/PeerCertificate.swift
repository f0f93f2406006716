import NIOCore
import NIOSSL
import SwiftASN1
import X509

/// The certificate a client showed and TLS verified.
enum PeerCertificate {
    /// Its DNS names, else its common name; empty where there is none.

    static func names(of channel: any Channel) async -> [String] {
        guard let shown = try? await channel.nioSSL_peerCertificate().get() else { return [] }
        return names(of: shown)
    }

    private static func names(of shown: NIOSSLCertificate) -> [String] {
        guard let bytes = try? shown.toDERBytes(), let certificate = try? Certificate(derEncoded: bytes) else {
            return []
        }
        var names: [String] = []
        if let alternatives = try? certificate.extensions.subjectAlternativeNames {
            for case .dnsName(let name) in alternatives { names.append(name) }
        }
        if names.isEmpty {
            for name in certificate.subject {
                for attribute in name where attribute.type == .RDNAttributeType.commonName {
                    names.append("\(attribute.value)")
                }
            }
        }
        return names
    }
}
