import API
import Model
import Store

/// How much of a resource every project may use by default.
struct RegisteredLimit: Representation, Identified {
    static let singular = "registered_limit"
    static let plural = "registered_limits"

    let id: RegisteredLimitID
    let service: CatalogServiceID
    /// Nil if it applies to every region.
    let region: RegionID?
    let resource: String
    let defaultLimit: Int
    let description: String?

    var key: String { id.text }
    var selfPath: String { "registered_limits/\(id)" }

    func write(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("service_id", service.text)
        json.member("region_id", region?.text)
        json.member("resource_name", resource)
        json.member("default_limit", defaultLimit)
        json.member("description", description)
    }

    static let columns: SQL = "g.id, g.service_id, g.region_id, g.resource_name, g.default_limit, g.description"

    init(_ row: borrowing Row) throws {
        id = try row[0]
        service = try row[1]
        let region: RegionID = try row[2]
        self.region = region.text.isEmpty ? nil : region
        resource = try row[3]
        defaultLimit = try row[4]
        description = try row[5]
    }

    static func find(_ id: RegisteredLimitID, in transaction: any Transaction) throws -> RegisteredLimit? {
        try transaction.first("SELECT \(columns) FROM identity_registered_limits g WHERE g.id = \(id)") {
            try RegisteredLimit($0)
        }
    }

    /// Throws 400 if the service or region in a body does not exist, because the body is wrong.
    static func check(
        _ service: CatalogServiceID, _ region: RegionID?, in transaction: any Transaction
    ) throws {
        guard try transaction.exists("SELECT 1 FROM identity_services WHERE id = \(service)") else {
            throw Fault.badRequest("Could not find service: \(service).", field: "service_id")
        }
        if let region, try !transaction.exists("SELECT 1 FROM identity_regions WHERE id = \(region)") {
            throw Fault.badRequest("Could not find region: \(region).", field: "region_id")
        }
    }
}
