import API
import Model
import Store

/// The URL of a service for one interface and region.
struct CatalogEndpoint: Representation, Identified {
    static let singular = "endpoint"
    static let plural = "endpoints"

    let id: CatalogEndpointID
    let service: CatalogServiceID
    let interface: String
    let region: RegionID?
    let url: String
    let isEnabled: Bool
    let extra: String

    var key: String { id.text }
    var selfPath: String { "endpoints/\(id)" }

    func write(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("interface", interface)
        json.member("region_id", region?.text)
        json.member("region", region?.text)
        json.member("service_id", service.text)
        json.member("url", url)
        json.member("enabled", isEnabled)
        json.members(of: extra)
    }

    static let columns: SQL = "e.id, e.service_id, e.interface, e.region_id, e.url, e.enabled, e.extra"

    init(_ row: borrowing Row) throws {
        id = try row[0]
        service = try row[1]
        interface = try row[2]
        region = try row[3]
        url = try row[4]
        isEnabled = try row[5]
        extra = try row[6]
    }

    static func find(_ id: CatalogEndpointID, in transaction: any Transaction) throws -> CatalogEndpoint? {
        try transaction.first("SELECT \(columns) FROM identity_endpoints e WHERE e.id = \(id)") {
            try CatalogEndpoint($0)
        }
    }
}
