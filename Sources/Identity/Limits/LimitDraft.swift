import API
import Model
import Store

/// A new limit in a body.
struct LimitDraft: Sendable {
    let id: LimitID
    let isOfDomain: Bool
    private let service: CatalogServiceID
    private let region: RegionID?
    private let resource: String
    private let holder: String
    private let value: Int
    private let description: String?
    private let isHierarchical: Bool

    static let duplicate =
        "Conflict occurred attempting to store limit - Duplicate entry: this project or domain has a limit of that "
        + "resource."

    init(_ fields: Fields, id: LimitID, isHierarchical: Bool) throws(Fault) {
        let (project, domain) = (fields.text("project_id"), fields.text("domain_id"))
        guard let holder = project ?? domain, project == nil || domain == nil else {
            throw .badRequest(
                "A limit must have either a 'project_id' or a 'domain_id'.", field: "limits.project_id")
        }
        self.id = id
        self.isHierarchical = isHierarchical
        self.holder = holder
        isOfDomain = domain != nil
        service = fields.id("service_id") ?? ""
        region = fields.id("region_id")
        resource = fields.text("resource_name") ?? ""
        value = fields.integer("resource_limit") ?? 0
        description = fields.text("description")
    }

    func insert(in transaction: any Transaction) throws {
        let registered = try transaction.first(
            """
            SELECT \(RegisteredLimit.columns) FROM identity_registered_limits g WHERE g.service_id = \(service)
                AND g.region_id = \(region?.text ?? "") AND g.resource_name = \(resource)
            """
        ) { try RegisteredLimit($0) }
        guard let registered else {
            try RegisteredLimit.check(service, region, in: transaction)
            throw Fault.forbidden(
                "Unable to create a limit that has no corresponding registered limit: register one of "
                    + "'\(resource.prefix(80))' for this service and region first.")
        }
        guard let project = try Project.find(ProjectID(holder), in: transaction), project.isDomain == isOfDomain else {
            let kind = isOfDomain ? "domain" : "project"
            throw Fault.badRequest("Could not find \(kind): \(holder.prefix(80)).", field: "limits.\(kind)_id")
        }
        if isHierarchical {
            let tree = LimitTree(
                registered: registered,
                holder: isOfDomain ? .domain(DomainID(holder)) : .project(project.id, domain: project.domain ?? ""))
            try tree.check(value, in: transaction)
        }
        try transaction.execute(
            """
            INSERT INTO identity_limits (id, registered_id, scope_id, resource_limit, description)
            VALUES (\(id), \(registered.id), \(holder), \(value), \(description))
            """)
        try transaction.noteIdentity("limit \(id)")
    }
}
