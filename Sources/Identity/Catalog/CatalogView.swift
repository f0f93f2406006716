import API
import Access
import Clients
import Model
import Store

/// The services and their endpoints, as a token shows them.
struct CatalogView: Sendable {
    private struct Entry: Sendable {
        let id: CatalogServiceID
        let type: String
        let name: String
        var endpoints: [(id: CatalogEndpointID, interface: String, region: RegionID?, url: String)]
    }

    private let entries: [Entry]

    /// Enabled services with their enabled endpoints. The token's project and user are substituted into URLs; endpoints
    /// that need a project are left out if the token has none.
    init(for facts: TokenFacts, in transaction: any Transaction) throws {
        var project: ProjectID?
        if case .project(let id, _, _) = facts.scope { project = id }
        var entries: [Entry] = []
        try transaction.forEach(
            """
            SELECT s.id, s.type, s.name, e.id, e.interface, e.region_id, e.url FROM identity_services s
            LEFT JOIN identity_endpoints e ON e.service_id = s.id AND e.enabled = 1
            WHERE s.enabled = 1 ORDER BY s.type, s.id, e.interface, e.id
            """
        ) { row in
            let service: CatalogServiceID = try row[0]
            if entries.last?.id != service {
                entries.append(Entry(id: service, type: try row[1], name: try row[2], endpoints: []))
            }
            let id: CatalogEndpointID? = try row[3]
            let template: String? = try row[6]
            guard let id, let template, let url = Self.url(template, project, facts.payload.user) else { return }
            entries[entries.count - 1].endpoints.append((id, try row[4], try row[5], url))
        }
        self.entries = entries
    }

    /// Nil if the URL needs a project and there is none, or contains an unknown substitution.
    static func url(_ template: String, _ project: ProjectID?, _ user: UserID) -> String? {
        guard template.contains("(") else { return template }
        var url = template
        for mark in ["$", "%"] {
            for name in ["project_id", "tenant_id"] {
                let place = "\(mark)(\(name))s"
                guard url.contains(place) else { continue }
                guard let project else { return nil }
                url = url.replacing(place, with: project.text)
            }
            url = url.replacing("\(mark)(user_id)s", with: user.text)
        }
        return url.contains("$(") || url.contains("%(") ? nil : url
    }

    func addresses(ofType type: String) -> [ServiceAddress] {
        entries.filter { $0.type == type }.flatMap(\.endpoints).map { endpoint in
            ServiceAddress(interface: endpoint.interface, region: endpoint.region?.text, url: endpoint.url)
        }
    }

    func write(to json: inout JSONWriter) {
        json.array(entries) { json, entry in
            json.object { json in
                json.member("id", entry.id.text)
                json.member("type", entry.type)
                json.member("name", entry.name)
                json.member("endpoints") { json in
                    json.array(entry.endpoints) { json, endpoint in
                        json.object { json in
                            json.member("id", endpoint.id.text)
                            json.member("interface", endpoint.interface)
                            json.member("region_id", endpoint.region?.text)
                            json.member("region", endpoint.region?.text)
                            json.member("url", endpoint.url)
                        }
                    }
                }
            }
        }
    }
}
