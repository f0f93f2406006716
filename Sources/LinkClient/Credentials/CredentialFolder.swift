import KeyFiles
public import Model

/// The folder of an agent's credentials: `agent.pem`, readable only by its owner. A key without a certificate yet is in
/// `pending.key`, so that an agent killed during its enrolment continues with the same key.
public struct CredentialFolder: Sendable {
    private let folder: PrivateFolder

    public init(_ path: String) async throws(Fault) {
        folder = try await PrivateFolder(path)
    }

    /// Nil if the host is not enrolled.
    public func load() async throws(Fault) -> AgentCredentials? {
        guard let text = try await folder.text("agent.pem") else { return nil }
        return try AgentCredentials(pem: text)
    }

    /// - Parameter token: digest of the token for which they were issued; nil keeps the recorded one
    func save(_ credentials: AgentCredentials, token: String? = nil) async throws(Fault) {
        try await folder.replace("agent.pem", credentials.pem)
        if let token { try await folder.replace("token.digest", token) }
        try await folder.remove("pending.key")
    }

    /// Digest of the token that was last exchanged. If that token stays in a configuration file, it is not exchanged
    /// again.
    func tradedToken() async throws(Fault) -> String? { try await folder.text("token.digest") }

    /// The key of an enrolment that did not end, nil where there is none.
    func pendingKey() async throws(Fault) -> String? {
        try await folder.text("pending.key")
    }

    func savePending(key: String) async throws(Fault) {
        try await folder.replace("pending.key", key)
    }
}
