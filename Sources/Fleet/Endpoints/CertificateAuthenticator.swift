public import API
import Link
public import Model
public import Store

/// Authenticates agents by the certificate that mutual TLS verified: the caller is the host in the certificate.
public struct CertificateAuthenticator: Authenticator {
    static let role = "agent"

    private let store: any StateStore
    private let time: TimeSource

    public init(store: any StateStore, time: TimeSource = .system) {
        self.store = store
        self.time = time
    }

    public func authenticate(_ request: Credentials) async throws(Fault) -> Caller? {
        guard !request.certificateNames.isEmpty else { return nil }
        guard let identity = AgentIdentity(certificateNames: request.certificateNames) else {
            throw .unauthorized("The client certificate is not an agent's.")
        }
        let now = time.now()
        let standing: CertificateBook.Standing
        do {
            standing = try await store.read { transaction in
                try CertificateBook.standing(of: identity, at: now, in: transaction)
            }
            if let token = standing.token {
                try await store.write { try CertificateBook.end(token: token, in: $0) }
            }
        } catch {
            throw .unavailable(
                "Certificates cannot be checked at the moment; try again.", context: String(reflecting: error))
        }
        guard standing.isAdmitted else { throw Self.refusal }
        return Caller(
            user: UserID(identity.host.text), userName: identity.certificate.description, scope: .unscoped,
            roles: [Self.role])
    }

    /// For an agent whose certificate is no longer valid.
    static let refusal = Fault.unauthorized(
        "The agent's certificate was revoked, replaced or has ended; enrol the host again.")

    public func challenge(origin: String) -> Fault.Header? { nil }
}

/// Agents have no policy rules: a host may act only for itself.
struct AgentAuthorizer: Authorizer {
    public init() {}

    public func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault) {
        throw .forbidden("Agents have no rule '\(rule)'.")
    }
}

extension Call {
    /// The calling agent's identity, if it is `host`'s agent. Throws 403 for another host's.
    func agent(for host: HostName) throws(Fault) -> AgentIdentity {
        guard caller.has(role: CertificateAuthenticator.role), let name = caller.user,
            let certificate = caller.userName.flatMap({ AgentCertificateID($0) })
        else { throw .unauthorized("This needs an agent's client certificate.") }
        guard name.text == host.text else {
            throw .forbidden("The certificate is of host '\(name)'; it may not speak for '\(host)'.")
        }
        return AgentIdentity(host: host, certificate: certificate)
    }
}
