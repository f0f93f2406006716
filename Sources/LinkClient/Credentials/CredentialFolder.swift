import KeyFiles
public import Model

/// The folder of an agent's credentials: `agent.pem`, readable only by its owner. A key without a certificate yet is in
/// `pending.key`, so that an agent killed during its enrolment continues with the same key.
public struct CredentialFolder: Sendable {
    private let folder: PrivateFolder

    public init(_ path: String) async throws(Fault) {
        folder = try await Self.asFault { () async throws(SecretFolderFault) in try await PrivateFolder(path) }
    }

    /// Nil if the host is not enrolled.
    public func load() async throws(Fault) -> AgentCredentials? {
        guard let text = try await text("agent.pem") else { return nil }
        return try AgentCredentials(pem: text)
    }

    /// - Parameter token: digest of the token for which they were issued; nil keeps the recorded one
    func save(_ credentials: AgentCredentials, token: String? = nil) async throws(Fault) {
        try await replace("agent.pem", credentials.pem)
        if let token { try await replace("token.digest", token) }
        try await Self.asFault { () async throws(SecretFolderFault) in try await folder.remove("pending.key") }
    }

    /// Digest of the token that was last exchanged. If that token stays in a configuration file, it is not exchanged
    /// again.
    func tradedToken() async throws(Fault) -> String? { try await text("token.digest") }

    /// The key of an enrolment that did not end, nil where there is none.
    func pendingKey() async throws(Fault) -> String? {
        try await text("pending.key")
    }

    func savePending(key: String) async throws(Fault) {
        try await replace("pending.key", key)
    }

    private func text(_ name: String) async throws(Fault) -> String? {
        try await Self.asFault { () async throws(SecretFolderFault) in try await folder.text(name) }
    }

    private func replace(_ name: String, _ text: String) async throws(Fault) {
        try await Self.asFault { () async throws(SecretFolderFault) in try await folder.replace(name, text) }
    }

    private static func asFault<Value>(
        _ body: () async throws(SecretFolderFault) -> Value
    ) async throws(Fault) -> Value {
        do {
            return try await body()
        } catch {
            throw .internalError("\(error)")
        }
    }
}
