package import Link
public import Model
public import Store

/// Enrols hosts: the operator creates a one-time token, the agent exchanges it and a signing request for a certificate,
/// and from then on renews the certificate by itself.
public struct Enrolment: Sendable {
    private let store: any StateStore
    private let authority: CertificateAuthority
    private let lifetime: Duration
    private let time: TimeSource

    /// - Parameter lifetime: lifetime of an agent's certificate; agents renew it after half of it
    public init(
        store: any StateStore, authority: CertificateAuthority, lifetime: Duration = .seconds(30 * 86_400),
        time: TimeSource = .system
    ) {
        self.store = store
        self.authority = authority
        self.lifetime = lifetime
        self.time = time
    }

    /// Creates a token that enrols `host` once within `validity`. It is shown only now.
    public func token(for host: HostName, validity: Duration = .seconds(3600)) async throws -> Secret {
        guard AgentIdentity.isHostName(host.text) else {
            throw Fault.badRequest(
                "'\(host)' cannot be a host's name: 1 to 253 printable ASCII characters without space and slash.",
                field: "host")
        }
        let token = EnrolmentToken(authorityFingerprint: authority.fingerprint)
        let now = time.now()
        try await store.write { transaction in
            try transaction.execute("DELETE FROM enrolment_tokens WHERE expires_at < \(now)")
            try transaction.execute(
                """
                INSERT INTO enrolment_tokens (digest, host, created_at, expires_at)
                VALUES (\(token.digest), \(host), \(now), \(now + validity))
                """)
        }
        return Secret(token.text)
    }

    var authorityDocument: AuthorityDocument { AuthorityDocument(authority: authority.certificatePEM) }

    /// Exchanges a token for a certificate. An agent that lost the response may repeat the request with the same key,
    /// until it has used the certificate or the token expires. With another key, the token is spent.
    package func enrol(_ request: EnrolmentRequest) async throws -> IssuedCertificate {
        let refusal = Fault.forbidden(
            "The enrolment token is unknown, spent or has ended; ask the operator for another.")
        guard let token = EnrolmentToken(request.token) else { throw refusal }
        let signing = try SigningRequest(pem: request.signingRequest)
        let now = time.now()
        let host: HostName? = try await store.read { transaction in
            try transaction.first(
                """
                SELECT host FROM enrolment_tokens WHERE digest = \(token.digest) AND expires_at > \(now)
                    AND (used_for_key IS NULL OR used_for_key = \(signing.keyFingerprint))
                """
            ) { try $0[0] }
        }
        guard let host else { throw refusal }
        let (entry, pem) = try authority.certificate(for: host, signingRequest: signing, lifetime: lifetime)
        let fingerprint = signing.keyFingerprint
        try await store.write { transaction in
            let spent = try transaction.execute(
                """
                UPDATE enrolment_tokens SET used_at = \(now), used_for_key = \(fingerprint)
                WHERE digest = \(token.digest) AND expires_at > \(now)
                    AND (used_for_key IS NULL OR used_for_key = \(fingerprint))
                """)
            guard spent == 1 else { throw refusal }
            try CertificateBook.add(entry, for: token.digest, at: now, in: transaction)
            try HostDirectory.ensure(host, at: now, in: transaction)
        }
        return issued(entry, pem)
    }

    /// The next certificate of a host that presents a valid one. The former ones stay valid until they expire.
    func renew(_ request: RenewalRequest, of host: HostName) async throws -> IssuedCertificate {
        let signing = try SigningRequest(pem: request.signingRequest)
        let (entry, pem) = try authority.certificate(for: host, signingRequest: signing, lifetime: lifetime)
        let now = time.now()
        try await store.write { transaction in
            try transaction.execute(
                "DELETE FROM agent_certificates WHERE host = \(host) AND not_after < \(now)")
            try CertificateBook.add(entry, at: now, in: transaction)
        }
        return issued(entry, pem)
    }

    private func issued(_ entry: CertificateBook.Entry, _ pem: String) -> IssuedCertificate {
        IssuedCertificate(
            host: entry.host.text, certificateChain: pem, authority: authority.certificatePEM,
            notBefore: entry.notBefore.microseconds, notAfter: entry.notAfter.microseconds)
    }
}
