import Clients
import Model

/// The user's account in a cloud: one of its identity service, or a token.
enum CloudAccount: ServiceTokens {
    case session(KeystoneSession, cloud: String)
    case token(Secret)

    var session: KeystoneSession? { if case .session(let session, _) = self { session } else { nil } }

    /// Throws 401 if the identity service refuses the account.
    func token() async throws(Fault) -> Secret {
        switch self {
        case .token(let token): return token
        case .session(let session, let cloud):
            do throws(Fault) {
                return try await session.token()
            } catch {
                guard error.code == KeystoneSession.refusedCode else { throw error }
                throw .unauthorized(
                    "The identity service refuses the account of cloud '\(cloud)': its secret is wrong, or it is locked or "
                        + "disabled.")
            }
        }
    }

    func forget(_ token: Secret) { session?.forget(token) }
}
