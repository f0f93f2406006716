import API
import Model
import Store

/// A user as the API shows it. Of the password, only its expiry is shown.
struct User: Representation, Identified {
    static let singular = "user"
    static let plural = "users"

    let id: UserID
    let domain: DomainID
    let name: String
    let isEnabled: Bool
    let defaultProject: ProjectID?
    let options: String
    let extra: String
    let passwordExpires: Timestamp?

    var key: String { id.text }
    var selfPath: String { "users/\(id)" }

    func write(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("name", name)
        json.member("domain_id", domain.text)
        json.member("enabled", isEnabled)
        if let defaultProject { json.member("default_project_id", defaultProject.text) }
        json.member("password_expires_at", passwordExpires?.isoMicroseconds)
        json.member("options", json: options)
        json.members(of: extra)
    }

    static let columns: SQL = """
        u.id, u.domain_id, u.name, u.enabled, u.default_project_id, u.options, u.extra, u.password_expires_at
        """

    init(_ row: borrowing Row) throws {
        id = try row[0]
        domain = try row[1]
        name = try row[2]
        isEnabled = try row[3]
        defaultProject = try row[4]
        options = try row[5]
        extra = try row[6]
        passwordExpires = try row[7]
    }

    static func page(_ filter: ListFilter, in transaction: any Transaction) throws -> Page<User> {
        try filter.page("SELECT \(columns) FROM identity_users u", by: "u.id", in: transaction) { try User($0) }
    }

    static func find(_ id: UserID, in transaction: any Transaction) throws -> User? {
        try transaction.first("SELECT \(columns) FROM identity_users u WHERE u.id = \(id)") { try User($0) }
    }

    var target: [String: String] {
        ["target.user.id": id.text, "target.user.domain_id": domain.text, "user_id": id.text]
    }
}
