import Clients
import Model

/// Who one is in a cloud: an account of its identity service, or whoever a token shows.
enum CloudAccount: ServiceTokens {
    case session(KeystoneSession, cloud: String)
    case token(Secret)

    var session: KeystoneSession? { if case .session(let session, _) = self { session } else { nil } }

    /// Throws 401 where the identity service does not let the account in.
    func token() async throws(Fault) -> Secret {
        switch self {
        case .token(let token): return token
        case .session(let session, let cloud):
            do throws(Fault) {
                return try await session.token()
            } catch {
                guard error.code == KeystoneSession.refusedCode else { throw error }
                throw .unauthorized(
                    "The identity service does not let the account of cloud '\(cloud)' in: its secret is wrong, or it is locked or "
                        + "disabled.")
            }
        }
    }

    func forget(_ token: Secret) { session?.forget(token) }
}
