/// A signed statement as it is passed on: alone, or with the fields that the API adds.
public struct CertificateDocument: Sendable, Codable, Equatable {
    public var certificate: SanitisationCertificate
    var wrapper: CertificateWrapper

    public init(_ certificate: SanitisationCertificate, wrapper: CertificateWrapper = CertificateWrapper([:])) {
        self.certificate = certificate
        self.wrapper = wrapper
    }

    public init(from decoder: any Decoder) throws {
        certificate = try SanitisationCertificate(from: decoder)
        wrapper = try CertificateWrapper(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        try wrapper.encode(to: encoder)
        try certificate.encode(to: encoder)
    }
}
