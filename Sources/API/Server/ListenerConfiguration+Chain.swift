import SwiftASN1
import X509

extension ListenerConfiguration.TLS {
    /// Whether the last certificate of a chain in PEM signed itself, so that a client has to be told to trust it.
    public static func endsInItself(_ chain: [UInt8]) -> Bool {
        guard let text = String(validating: chain, as: UTF8.self),
            let last = try? PEMDocument.parseMultiple(pemString: text).last(where: { $0.discriminator == "CERTIFICATE" }
            ),
            let certificate = try? Certificate(pemDocument: last)
        else { return false }
        return certificate.issuer == certificate.subject
    }
}
