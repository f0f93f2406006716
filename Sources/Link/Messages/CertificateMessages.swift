/// A new host's request for enrolment: its one-time token and a signing request.
public struct EnrolmentRequest: Sendable, Codable, Equatable {
    public var token: String
    /// PKCS #10, PEM. Its subject is ignored, because the token identifies the host.
    public var signingRequest: String

    public init(token: String, signingRequest: String) {
        self.token = token
        self.signingRequest = signingRequest
    }
}

/// An enrolled host's request for its next certificate.
public struct RenewalRequest: Sendable, Codable, Equatable {
    /// PKCS #10, PEM.
    public var signingRequest: String

    public init(signingRequest: String) {
        self.signingRequest = signingRequest
    }
}

/// A certificate for an agent, and the authority that it must trust from now on.
public struct IssuedCertificate: Sendable, Codable, Equatable {
    public var host: String
    /// PEM, the host's certificate first.
    public var certificateChain: String
    /// PEM.
    public var authority: String
    /// Microseconds since 1970 UTC.
    public var notBefore: Int64
    public var notAfter: Int64

    public init(host: String, certificateChain: String, authority: String, notBefore: Int64, notAfter: Int64) {
        self.host = host
        self.certificateChain = certificateChain
        self.authority = authority
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}

/// The control plane's authority, for hosts that have only a token that identifies it.
public struct AuthorityDocument: Sendable, Codable, Equatable {
    /// PEM.
    public var authority: String

    public init(authority: String) {
        self.authority = authority
    }
}
