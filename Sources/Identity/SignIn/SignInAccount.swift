import Model
import Store

/// The account whose secret is checked: a user's password, or an application credential's secret.
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

    /// Whether the user has the role admin or service anywhere. The deployment itself depends on such accounts, so
    /// guessing must not lock them.
    func isOfDeployment(in transaction: any Transaction) throws -> Bool {
        let roles = try RoleQueries.roles(RoleQueries.held(by: user), "1 = 1", in: transaction)
        return roles.contains { ["admin", "service"].contains($0.name.lowercased()) }
    }
}
