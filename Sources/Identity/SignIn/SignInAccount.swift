import Model
import Store

/// Whose secret is guessed: a user's password, or an application credential's secret.
struct SignInAccount: Sendable, Hashable {
    /// The id of the user or of the credential.
    let key: String
    let user: UserID

    init(_ user: UserID) {
        key = user.text
        self.user = user
    }

    init(_ credential: ApplicationCredentialID, of user: UserID) {
        key = credential.text
        self.user = user
    }

    /// Whether the user holds the role admin or service anywhere: what the deployment itself works with, which nobody may
    /// shut out by guessing.
    func isOfDeployment(in transaction: any Transaction) throws -> Bool {
        let roles = try RoleQueries.roles(RoleQueries.held(by: user), "1 = 1", in: transaction)
        return roles.contains { ["admin", "service"].contains($0.name.lowercased()) }
    }
}
