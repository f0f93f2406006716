import API
import Model
import Store

/// A secret that obtains tokens for one project with some of its user's roles, so that programs do not need the
/// password.
struct ApplicationCredential: Representation, Identified {
    static let singular = "application_credential"
    static let plural = "application_credentials"

    let id: ApplicationCredentialID
    let user: UserID
    let project: ProjectID
    let name: String
    let description: String?
    let expires: Timestamp?
    let isUnrestricted: Bool
    var roles: [Role] = []
    var rules: [AccessRule] = []
    /// Shown once, in the response to its creation.
    var secret: Secret?

    var key: String { id.text }
    var selfPath: String { "users/\(user)/application_credentials/\(id)" }

    func write(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("name", name)
        json.member("description", description)
        json.member("user_id", user.text)
        json.member("project_id", project.text)
        json.member("system", String?.none)
        json.member("expires_at", expires?.isoMicroseconds)
        json.member("unrestricted", isUnrestricted)
        json.member("roles") { json in
            json.array(roles) { json, role in
                json.object { json in
                    json.member("id", role.id.text)
                    json.member("name", role.name)
                    json.member("domain_id", role.domain?.text)
                    json.member("description", role.description)
                    json.member("options", json: role.options)
                }
            }
        }
        if !rules.isEmpty {
            json.member("access_rules") { json in
                json.array(rules) { json, rule in json.object { json in rule.write(to: &json) } }
            }
        }
        if let secret { json.member("secret", secret.revealed) }
    }

    static let columns: SQL = "c.id, c.user_id, c.project_id, c.name, c.description, c.expires_at, c.unrestricted"

    init(_ row: borrowing Row) throws {
        id = try row[0]
        user = try row[1]
        project = try row[2]
        name = try row[3]
        description = try row[4]
        expires = try row[5]
        isUnrestricted = try row[6]
    }

    static func find(
        _ id: ApplicationCredentialID, of user: UserID, in transaction: any Transaction
    ) throws -> ApplicationCredential? {
        let found = try transaction.first(
            "SELECT \(columns) FROM identity_application_credentials c WHERE c.id = \(id) AND c.user_id = \(user)"
        ) { try ApplicationCredential($0) }
        return try found.map { try withParts([$0], in: transaction) }?.first
    }

    static func page(_ filter: ListFilter, in transaction: any Transaction) throws -> Page<ApplicationCredential> {
        var page = try filter.page(
            "SELECT \(columns) FROM identity_application_credentials c", by: "c.id", in: transaction
        ) { try ApplicationCredential($0) }
        page.items = try withParts(page.items, in: transaction)
        return page
    }

    /// Adds the roles and rules of all credentials, with two queries.
    private static func withParts(
        _ credentials: [ApplicationCredential], in transaction: any Transaction
    ) throws -> [ApplicationCredential] {
        let ids = credentials.map(\.id)
        var roles: [ApplicationCredentialID: [Role]] = [:]
        try transaction.forEach(
            """
            SELECT \(Role.columns), c.credential_id FROM identity_roles r
            JOIN identity_credential_roles c ON c.role_id = r.id WHERE c.credential_id IN \(list: ids) ORDER BY r.name
            """
        ) { row in roles[try row[6], default: []].append(try Role(row)) }
        let rules = try AccessRule.all(of: ids, in: transaction)
        return credentials.map { credential in
            var credential = credential
            credential.roles = roles[credential.id] ?? []
            credential.rules = rules[credential.id] ?? []
            return credential
        }
    }
}
