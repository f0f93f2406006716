import Link
public import Model

/// Where an agent keeps its credentials: `agent.pem` in a folder that only its owner may read. A key for which no
/// certificate came yet stands in `pending.key`, so that an agent killed while it enrols asks again with the same key.
public struct CredentialFolder: Sendable {
    private let folder: PrivateFolder

    public init(_ path: String) async throws(Fault) {
        folder = try await PrivateFolder(path)
    }

    /// Nil where the host is not enrolled.
    public func load() async throws(Fault) -> AgentCredentials? {
        guard let text = try await folder.text("agent.pem") else { return nil }
        return try AgentCredentials(pem: text)
    }

    /// - Parameter token: digest of the token they were traded for; nil keeps what is noted
    func save(_ credentials: AgentCredentials, token: String? = nil) async throws(Fault) {
        try await folder.replace("agent.pem", credentials.pem)
        if let token { try await folder.replace("token.digest", token) }
        try await folder.remove("pending.key")
    }

    /// Digest of the token that was traded last: one that stays in a configuration file is not traded again.
    func tradedToken() async throws(Fault) -> String? { try await folder.text("token.digest") }

    /// The key of an enrolment that did not end, nil where there is none.
    func pendingKey() async throws(Fault) -> String? {
        try await folder.text("pending.key")
    }

    func savePending(key: String) async throws(Fault) {
        try await folder.replace("pending.key", key)
    }
}
