import API
import Model
import Store

/// A region of the cloud.
struct Region: Representation, Identified {
    static let singular = "region"
    static let plural = "regions"

    let id: RegionID
    let parent: RegionID?
    let description: String
    let extra: String

    var key: String { id.text }
    var selfPath: String { "regions/\(id)" }

    func write(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("description", description)
        json.member("parent_region_id", parent?.text)
        json.members(of: extra)
    }

    static let columns: SQL = "n.id, n.parent_id, n.description, n.extra"

    init(_ row: borrowing Row) throws {
        id = try row[0]
        parent = try row[1]
        description = try row[2]
        extra = try row[3]
    }

    static func find(_ id: RegionID, in transaction: any Transaction) throws -> Region? {
        try transaction.first("SELECT \(columns) FROM identity_regions n WHERE n.id = \(id)") { try Region($0) }
    }

    static func insertIfMissing(_ id: RegionID, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO identity_regions (id, parent_id, description, extra) VALUES (\(id), NULL, '', '{}')
            ON CONFLICT (id) DO NOTHING
            """)
    }
}
