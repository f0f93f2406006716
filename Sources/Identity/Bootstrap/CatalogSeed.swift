import Model
import Store

/// Brings the catalog's services and URLs to what a plan says; leaves what the plan does not name.
struct CatalogSeed: Sendable {
    let region: RegionID
    let entries: [BootstrapPlan.CatalogEntry]
    let fresh: [CatalogIDs]

    static let interfaces = ["public", "internal", "admin"]

    func run(in transaction: any Transaction) throws {
        guard !entries.isEmpty else { return }
        try Region.insertIfMissing(region, in: transaction)
        for (entry, ids) in zip(entries, fresh) {
            let service = try service(entry, ids, in: transaction)
            for (interface, id) in zip(Self.interfaces, ids.endpoints) {
                try put(entry.url, interface, of: service, as: id, in: transaction)
            }
        }
    }

    private func service(
        _ entry: BootstrapPlan.CatalogEntry, _ ids: CatalogIDs, in transaction: any Transaction
    ) throws -> CatalogServiceID {
        let found: CatalogServiceID? = try transaction.first(
            "SELECT id FROM identity_services WHERE type = \(entry.type) ORDER BY id LIMIT 1"
        ) { row in try row[0] }
        if let found { return found }
        try transaction.execute(
            """
            INSERT INTO identity_services (id, type, name, description, enabled, extra)
            VALUES (\(ids.service), \(entry.type), \(entry.name), NULL, 1, '{}')
            """)
        try transaction.noteIdentity("service \(ids.service)")
        return ids.service
    }

    private func put(
        _ url: String, _ interface: String, of service: CatalogServiceID, as id: CatalogEndpointID,
        in transaction: any Transaction
    ) throws {
        let found: (CatalogEndpointID, String)? = try transaction.first(
            """
            SELECT id, url FROM identity_endpoints
            WHERE service_id = \(service) AND interface = \(interface) AND region_id = \(region) ORDER BY id LIMIT 1
            """
        ) { row in (try row[0], try row[1]) }
        switch found {
        case (_, url)?: return
        case (let known, _)?:
            try transaction.execute("UPDATE identity_endpoints SET url = \(url) WHERE id = \(known)")
            try transaction.noteIdentity("endpoint \(known)")
        case nil:
            try transaction.execute(
                """
                INSERT INTO identity_endpoints (id, service_id, interface, region_id, url, enabled, extra)
                VALUES (\(id), \(service), \(interface), \(region), \(url), 1, '{}')
                """)
            try transaction.noteIdentity("endpoint \(id)")
        }
    }
}
