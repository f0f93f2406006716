import AsyncHTTPClient
import FoundationEssentials
import Link
public import Model
import NIOHTTP1
import NIOPosix

/// Enrols a host at a control plane; `kilonova agent` does this at its first start.
public struct HostEnrolment: Sendable {
    private let folder: CredentialFolder
    private let addresses: [String]
    private let authorityFile: String?

    /// - Parameters:
    ///   - controlPlanes: base URLs of listeners that need no client certificate, `https://host:port`; the first that
    /// responds is used
    ///   - authorityFile: PEM file of the authority of that listener's certificate. Nil trusts the system's
    /// authorities, and the control plane's own authority, which the enrolment token identifies
    public init(folder: CredentialFolder, controlPlanes: [String], authorityFile: String?) {
        self.folder = folder
        addresses = controlPlanes.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.authorityFile = authorityFile
    }

    /// The host's credentials. If it has none, if they have expired, or if `token` differs from the token for which
    /// they were issued, `token` is exchanged for new ones. So a token may stay in the configuration.
    ///
    /// Throws 401 if the host has no credentials and there is no token.
    public func credentials(token: Secret?, at now: Timestamp) async throws(Fault) -> AgentCredentials {
        let held = try await folder.load()
        if let held, held.holds(at: now) {
            guard let token else { return held }
            let traded = try await folder.tradedToken()
            if let traded, EnrolmentToken(token.revealed)?.digest == traded { return held }
        }
        if let token { return try await enrol(token: token, at: now) }
        throw .unauthorized(
            held.map { "The certificate of host '\($0.host)' ended at \($0.notAfter.isoZulu); it needs a new token." }
                ?? "This host is not enrolled; it needs an enrolment token.")
    }

    /// Exchanges `token` for credentials and stores them. It may be repeated with the same token after any failure.
    ///
    /// Throws 403 if the token is spent, and refuses an authority that the token does not identify.
    public func enrol(token: Secret, at now: Timestamp) async throws(Fault) -> AgentCredentials {
        guard let parsed = EnrolmentToken(token.revealed) else {
            throw .badRequest("The enrolment token is not whole: it reads 'kn1.', a secret, '.', a fingerprint.")
        }
        for address in addresses { try Self.check(address) }
        let made = try await signingRequest()
        var last = Fault.badRequest("There is no address to enrol at.")
        for address in addresses {
            do throws(Fault) {
                return try await enrol(token, parsed, made, at: address, now)
            } catch {
                guard error.code == AgentHTTP.unreachable else { throw error }
                last = error
            }
        }
        throw last
    }

    private func enrol(
        _ token: Secret, _ parsed: EnrolmentToken, _ made: (key: String, request: String), at address: String,
        _ now: Timestamp
    ) async throws(Fault) -> AgentCredentials {
        let answer = try await exchange(try await trust(parsed, at: address), at: address) { http throws(Fault) in
            try await http.send(
                .POST, "/agent/v1/enrolments", EnrolmentRequest(token: token.revealed, signingRequest: made.request))
        }
        let issued = try Self.decode(IssuedCertificate.self, answer)
        guard AgentCredentials.isAuthority(issued.authority, of: parsed.authorityFingerprint) else {
            throw Self.wrongAuthority
        }
        let credentials = try AgentCredentials(key: made.key, issued: issued)
        guard credentials.holds(at: now) else {
            throw .internalError(
                "the certificate ended at \(credentials.notAfter.isoZulu); is this host's clock right?")
        }
        try await folder.save(credentials, token: parsed.digest)
        return credentials
    }

    /// The token is a secret: it is sent in clear text only within this machine.
    private static func check(_ controlPlane: String) throws(Fault) {
        let url = URL(string: controlPlane)
        let host = url?.host() ?? ""
        let isLoopback = host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
        guard url?.scheme == "https" || (url?.scheme == "http" && isLoopback), !host.isEmpty else {
            throw .badRequest("'\(controlPlane)' cannot be enrolled with; the address must begin with 'https://'.")
        }
    }

    private func trust(_ token: EnrolmentToken, at address: String) async throws(Fault) -> AgentHTTP.Trust {
        if let authorityFile {
            do {
                return .only(
                    try await NIOThreadPool.singleton.runIfActive {
                        [UInt8](try Data(contentsOf: URL(filePath: authorityFile)))
                    })
            } catch {
                throw .badRequest("The file of authorities '\(authorityFile)' cannot be read.")
            }
        }
        guard address.hasPrefix("https://") else { return .system(and: nil) }
        // Whoever answers here is believed only because the token names what it answers.
        let answer = try await exchange(.anybody, at: address) { http throws(Fault) in
            try await http.get("/agent/v1/authority")
        }
        let authority = try Self.decode(AuthorityDocument.self, answer).authority
        guard AgentCredentials.isAuthority(authority, of: token.authorityFingerprint) else {
            throw Self.wrongAuthority
        }
        return .system(and: authority)
    }

    private func exchange(
        _ trust: AgentHTTP.Trust, at address: String, _ body: (AgentHTTP) async throws(Fault) -> [UInt8]
    ) async throws(Fault) -> [UInt8] {
        let client = try AgentHTTP.client(trusting: trust)
        let result: Result<[UInt8], Fault>
        do throws(Fault) {
            result = .success(try await body(AgentHTTP(client: client, base: address)))
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        return try result.get()
    }

    private func signingRequest() async throws(Fault) -> (key: String, request: String) {
        if let key = try await folder.pendingKey() {
            return (key, try HostKey.request(key: key, for: "host"))
        }
        let made = try HostKey.make(for: "host")
        try await folder.savePending(key: made.key)
        return made
    }

    private static let wrongAuthority = Fault.forbidden(
        "The answer came from an authority that the enrolment token does not name.")

    static func decode<Message: Decodable>(_ type: Message.Type, _ answer: [UInt8]) throws(Fault) -> Message {
        do {
            return try JSONDecoder().decode(type, from: Data(answer))
        } catch {
            throw .internalError("the control plane's answer to an enrolment cannot be read: \(error)")
        }
    }
}
