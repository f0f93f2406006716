import API
import Model
import Store

/// A role of the complete cloud or of one domain.
struct Role: Representation, Identified {
    static let singular = "role"
    static let plural = "roles"

    let id: RoleID
    /// Nil for a role of the complete cloud.
    let domain: DomainID?
    let name: String
    let description: String?
    let options: String
    let extra: String

    var key: String { id.text }
    var selfPath: String { "roles/\(id)" }
    var isImmutable: Bool { JSONValue(column: options)["immutable"] == .bool(true) }

    func write(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("name", name)
        json.member("domain_id", domain?.text)
        json.member("description", description)
        json.member("options", json: options)
        json.members(of: extra)
    }

    static let columns: SQL = "r.id, r.domain_id, r.name, r.description, r.options, r.extra"

    init(_ row: borrowing Row) throws {
        id = try row[0]
        let domain: DomainID = try row[1]
        self.domain = domain.text.isEmpty ? nil : domain
        name = try row[2]
        description = try row[3]
        options = try row[4]
        extra = try row[5]
    }

    static func page(_ filter: ListFilter, in transaction: any Transaction) throws -> Page<Role> {
        try filter.page("SELECT \(columns) FROM identity_roles r", by: "r.id", in: transaction) { try Role($0) }
    }

    static func find(_ id: RoleID, in transaction: any Transaction) throws -> Role? {
        try transaction.first("SELECT \(columns) FROM identity_roles r WHERE r.id = \(id)") { try Role($0) }
    }

    var target: [String: String] {
        [
            "target.role.id": id.text, "target.role.name": name, "target.role.domain_id": domain?.text ?? "None",
        ]
    }
}
