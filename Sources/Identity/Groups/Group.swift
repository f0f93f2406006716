import API
import Model
import Store

/// A group of users.
struct Group: Representation, Identified {
    static let singular = "group"
    static let plural = "groups"

    let id: GroupID
    let domain: DomainID
    let name: String
    let description: String
    let extra: String

    var key: String { id.text }
    var selfPath: String { "groups/\(id)" }

    func write(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("name", name)
        json.member("domain_id", domain.text)
        json.member("description", description)
        json.members(of: extra)
    }

    static let columns: SQL = "g.id, g.domain_id, g.name, g.description, g.extra"

    init(_ row: borrowing Row) throws {
        id = try row[0]
        domain = try row[1]
        name = try row[2]
        description = try row[3]
        extra = try row[4]
    }

    static func page(_ filter: ListFilter, in transaction: any Transaction) throws -> Page<Group> {
        try filter.page("SELECT \(columns) FROM identity_groups g", by: "g.id", in: transaction) { try Group($0) }
    }

    static func find(_ id: GroupID, in transaction: any Transaction) throws -> Group? {
        try transaction.first("SELECT \(columns) FROM identity_groups g WHERE g.id = \(id)") { try Group($0) }
    }

    var target: [String: String] { ["target.group.id": id.text, "target.group.domain_id": domain.text] }
}
