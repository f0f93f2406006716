import API
import Model
import Store

/// A service of the catalog.
struct CatalogService: Representation, Identified {
    static let singular = "service"
    static let plural = "services"

    let id: CatalogServiceID
    let type: String
    let name: String
    let description: String?
    let isEnabled: Bool
    let extra: String

    var key: String { id.text }
    var selfPath: String { "services/\(id)" }

    func write(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("type", type)
        json.member("name", name)
        json.member("description", description)
        json.member("enabled", isEnabled)
        json.members(of: extra)
    }

    static let columns: SQL = "s.id, s.type, s.name, s.description, s.enabled, s.extra"

    init(_ row: borrowing Row) throws {
        id = try row[0]
        type = try row[1]
        name = try row[2]
        description = try row[3]
        isEnabled = try row[4]
        extra = try row[5]
    }

    static func find(_ id: CatalogServiceID, in transaction: any Transaction) throws -> CatalogService? {
        try transaction.first("SELECT \(columns) FROM identity_services s WHERE s.id = \(id)") {
            try CatalogService($0)
        }
    }
}
