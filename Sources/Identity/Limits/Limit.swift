import API
import Model
import Store

/// How much of a resource one project or domain may use, instead of the registered limit.
struct Limit: Representation, Identified {
    static let singular = "limit"
    static let plural = "limits"

    let id: LimitID
    let service: CatalogServiceID
    let region: RegionID?
    let resource: String
    let holder: Holder
    let value: Int
    let description: String?
    let registered: RegisteredLimitID

    enum Holder: Sendable, Equatable {
        case project(ProjectID, domain: DomainID)
        case domain(DomainID)

        var id: String {
            switch self {
            case .project(let id, _): id.text
            case .domain(let id): id.text
            }
        }
    }

    var key: String { id.text }
    var selfPath: String { "limits/\(id)" }

    func write(to json: inout JSONWriter) {
        var (project, domain): (String?, String?)
        switch holder {
        case .project(let id, _): project = id.text
        case .domain(let id): domain = id.text
        }
        json.member("id", id.text)
        json.member("service_id", service.text)
        json.member("region_id", region?.text)
        json.member("resource_name", resource)
        json.member("project_id", project)
        json.member("domain_id", domain)
        json.member("resource_limit", value)
        json.member("description", description)
    }

    /// The attributes for policy rules; missing ones are `None`.
    var target: [String: String] {
        switch holder {
        case .project(let id, let domain):
            [
                "target.limit.project_id": id.text, "target.limit.project.domain_id": domain.text,
                "target.limit.domain_id": "None",
            ]
        case .domain(let id):
            ["target.limit.domain.id": id.text, "target.limit.domain_id": id.text, "target.limit.project_id": "None"]
        }
    }

    static let columns: SQL = """
        m.id, g.service_id, g.region_id, g.resource_name, m.scope_id, p.domain_id, p.is_domain, m.resource_limit,
        m.description, g.id
        """

    static let source: SQL = """
        identity_limits m JOIN identity_registered_limits g ON g.id = m.registered_id
        JOIN identity_projects p ON p.id = m.scope_id
        """

    init(_ row: borrowing Row) throws {
        id = try row[0]
        service = try row[1]
        let region: RegionID = try row[2]
        self.region = region.text.isEmpty ? nil : region
        resource = try row[3]
        let holder: String = try row[4]
        let domain: DomainID? = try row[5]
        let isDomain: Bool = try row[6]
        self.holder = isDomain ? .domain(DomainID(holder)) : .project(ProjectID(holder), domain: domain ?? "")
        value = try row[7]
        description = try row[8]
        registered = try row[9]
    }

    static func find(_ id: LimitID, in transaction: any Transaction) throws -> Limit? {
        try transaction.first("SELECT \(columns) FROM \(source) WHERE m.id = \(id)") { try Limit($0) }
    }
}
