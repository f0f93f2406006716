import AsyncHTTPClient
import FoundationEssentials
public import Model
import NIOHTTP1

/// Makes a host known to a control plane: what `kilonova agent` does at its first start.
public struct HostEnrolment: Sendable {
    private let folder: CredentialFolder
    private let controlPlane: String
    private let authorityFile: String?

    /// - Parameters:
    ///   - controlPlane: base URL of an ordinary listener, `https://host:port`
    ///   - authorityFile: PEM file of the authority of that listener's certificate; the system's where it is nil
    public init(folder: CredentialFolder, controlPlane: String, authorityFile: String?) {
        self.folder = folder
        self.controlPlane = controlPlane
        self.authorityFile = authorityFile
    }

    /// Trades `token` for credentials and keeps them. Run again with the same token after any failure.
    ///
    /// Throws 403 where the token is spent, and refuses an authority that the token does not name.
    public func enrol(token: Secret, at now: Timestamp) async throws(Fault) -> AgentCredentials {
        guard let parsed = EnrolmentToken(token.revealed) else {
            throw .badRequest("The enrolment token is not whole: it reads 'kn1.', a secret, '.', a fingerprint.")
        }
        let made = try await signingRequest()
        let client = AgentHTTP.client(trusting: authorityFile)
        let result: Result<AgentCredentials, Fault>
        do throws(Fault) {
            let answer = try await AgentHTTP(client: client, base: controlPlane)
                .send(
                    .POST, "/agent/v1/enrolments",
                    EnrolmentRequest(token: token.revealed, signingRequest: made.request))
            let issued = try Self.issued(answer)
            guard AgentCredentials.isAuthority(issued.authority, of: parsed.authorityFingerprint) else {
                throw .forbidden("The answer came from an authority that the enrolment token does not name.")
            }
            let credentials = try AgentCredentials(key: made.key, issued: issued)
            try await folder.save(credentials)
            result = .success(credentials)
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        return try result.get()
    }

    private func signingRequest() async throws(Fault) -> (key: String, request: String) {
        if let key = try await folder.pendingKey() {
            return (key, try SigningRequest.pem(key: key, for: "host"))
        }
        let made = try SigningRequest.make(for: "host")
        try await folder.savePending(key: made.key)
        return made
    }

    static func issued(_ answer: [UInt8]) throws(Fault) -> IssuedCertificate {
        do {
            return try JSONDecoder().decode(IssuedCertificate.self, from: Data(answer))
        } catch {
            throw .internalError("the control plane's certificate cannot be read: \(error)")
        }
    }
}
