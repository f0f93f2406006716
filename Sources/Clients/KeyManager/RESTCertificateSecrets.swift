import HTTPTypes
public import Model

/// Certificates in a key manager over HTTP, whoever's it is: the secret's metadata, then its payload in the type that it was stored in.
public struct RESTCertificateSecrets: CertificateSecrets {
    private let peer: ServicePeer

    /// What is asked for by name; every other payload is asked for as bytes.
    private static let types: Set<String> = ["text/plain", "application/pkcs8", "application/pkix-cert"]

    /// - Parameter peer: the key manager; its address is the one without a version
    public init(peer: ServicePeer) {
        self.peer = peer
    }

    public func certificate(_ id: SecretID, for caller: Caller) async throws(Fault) -> [UInt8] {
        guard let token = caller.token else {
            throw .unauthorized("The key manager needs the token of whoever asks, and this request has none.")
        }
        let behalf = Behalf.user(UserToken(token), afterwards: .fails)
        let metadata = peer.request(.get, "/v1/secrets/\(id)")
        let answer = try await peer.send(metadata, behalf: behalf)
        try check(answer, to: metadata, of: id)
        let secret = try peer.read(Metadata.self, answer, metadata)
        try CertificateSecret.check(type: secret.type ?? "opaque", of: id)
        guard let type = secret.contentTypes?.standard else { throw CertificateSecret.withoutPayload(id) }
        let wanted = Self.types.contains(type) ? type : "application/octet-stream"
        let payload = PeerRequest(.get, "/v1/secrets/\(id)/payload", headers: [.accept: wanted])
        let bytes = try await peer.send(payload, behalf: behalf)
        try check(bytes, to: payload, of: id)
        try CertificateSecret.check(size: bytes.body.count, of: id)
        return bytes.body
    }

    private func check(_ answer: PeerResponse, to request: PeerRequest, of id: SecretID) throws(Fault) {
        switch answer.status {
        case 200..<300: return
        case 403: throw CertificateSecret.forbidden(id)
        case 404: throw CertificateSecret.unknown(id)
        case 406:
            throw .badRequest(
                "The key manager does not give the payload of secret \(id) out; store the certificate again.")
        default: throw peer.fault(answer, to: request)
        }
    }

    private struct Metadata: Decodable {
        let type: String?
        /// Nil for a secret without a payload.
        let contentTypes: ContentTypes?

        enum CodingKeys: String, CodingKey {
            case type = "secret_type"
            case contentTypes = "content_types"
        }
    }

    private struct ContentTypes: Decodable {
        let standard: String?

        enum CodingKeys: String, CodingKey {
            case standard = "default"
        }
    }
}
