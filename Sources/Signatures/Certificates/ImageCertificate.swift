import FoundationEssentials
import Model
import SwiftASN1
import X509

/// The certificate of whoever signed an image, or of an authority.
public struct ImageCertificate: Sendable, Equatable {
    private static let longest = 64 * 1024

    let certificate: Certificate

    /// - Parameter payload: what a key manager stores: PEM, of which the first certificate counts, or DER
    public init(_ payload: [UInt8]) throws(CertificateFault) {
        guard payload.count <= Self.longest, let bytes = Self.encoding(payload) else { throw .unreadable }
        guard let certificate = try? Certificate(derEncoded: bytes) else {
            throw UnsupportedCertificate.fault(bytes)
        }
        self.certificate = certificate
    }

    private static func encoding(_ payload: [UInt8]) -> [UInt8]? {
        // A certificate's DER begins with the tag of a sequence.
        if payload.first == 0x30 { return payload }
        let documents = try? PEMDocument.parseMultiple(pemString: String(decoding: payload, as: UTF8.self))
        return documents?.first { $0.discriminator == Certificate.defaultPEMDiscriminator }?.derBytes
    }

    /// Throws outside of the dates that it is valid in.
    func check(at moment: Timestamp) throws(CertificateFault) {
        let seconds = Double(moment.microseconds) / 1_000_000
        if seconds < certificate.notValidBefore.timeIntervalSince1970 { throw .notYetValid }
        if seconds > certificate.notValidAfter.timeIntervalSince1970 { throw .expired }
    }

    /// Whether it may sign certificates: an authority by its basic constraints, whose key is for that.
    var maySign: Bool {
        guard case .isCertificateAuthority? = try? certificate.extensions.basicConstraints else { return false }
        return (try? certificate.extensions.keyUsage)?.keyCertSign == true
    }

    /// The most authorities that may stand between it and the last certificate of a chain, nil without a limit.
    var pathLength: Int? {
        guard case .isCertificateAuthority(let length)? = try? certificate.extensions.basicConstraints else {
            return nil
        }
        return length
    }

    /// Whether it signed `other`, by its name and its key.
    func issued(_ other: ImageCertificate) -> Bool {
        certificate.subject == other.certificate.issuer
            && certificate.publicKey.isValidSignature(other.certificate.signature, for: other.certificate)
    }
}
