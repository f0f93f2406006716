import Model
import Store

/// The providers that a filter selects, page by page in the order of their creation.
///
/// Each page is a separate snapshot, so that a slow client keeps nothing open in the database. A provider that is
/// created or deleted meanwhile may or may not be in the list; every other provider is in it once.
struct ProviderPages: Sendable {
    typealias Place = (createdAt: Int64, id: String)

    static let size = 500

    let condition: SQL
    let writer: ProviderWriter

    /// The page after `last`; the first page if it is nil.
    func page(
        after last: Place?, in transaction: any Transaction
    ) throws -> ListPage<Place> {
        var page = ListPage<Place>(json: JSONBytes(capacity: 1024))
        var count = 0
        var bounds: SQL = condition
        if let last { bounds += " AND (p.created_at, p.uuid) > (\(last.createdAt), \(last.id))" }
        try transaction.forEach(
            """
            SELECT p.uuid, p.name, p.generation, p.parent, p.root, p.updated_at, p.created_at
            FROM resource_providers p WHERE \(bounds) ORDER BY p.created_at, p.uuid LIMIT \(Self.size)
            """
        ) { row in
            let id: String = try row[0]
            if count > 0 || last != nil { page.json.put(",") }
            writer.write(
                id: id, name: try row[1], generation: try row[2], parent: try row[3], root: try row[4], to: &page.json)
            count += 1
            page.next = (try row[6], id)
            let changedAt: Timestamp = try row[5]
            page.changedAt = max(page.changedAt ?? changedAt, changedAt)
        }
        if count < Self.size { page.next = nil }
        return page
    }

    /// The time of the latest change among all selected providers.
    func changedAt(in transaction: any Transaction) throws -> Timestamp? {
        try transaction.first("SELECT MAX(p.updated_at) FROM resource_providers p WHERE \(condition)") { row in
            try row[0] as Timestamp?
        } ?? nil
    }
}
