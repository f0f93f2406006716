public import Access
public import Model
import Store

/// Unified limits for a service of this process, read from this process's database.
///
/// A limit for the service's region takes precedence over one for every region.
public struct EmbeddedLimits: QuotaLimits {
    private let context: IdentityContext
    private let serviceType: String
    private let region: RegionID

    init(_ context: IdentityContext, serviceType: String, region: RegionID) {
        self.context = context
        self.serviceType = serviceType
        self.region = region
    }

    public func limit(for resource: String, project: ProjectID) async throws(Fault) -> Int? {
        let (type, region) = (serviceType, region)
        return try await read { transaction in
            try transaction.first(
                """
                SELECT COALESCE(m.resource_limit, g.default_limit) FROM identity_registered_limits g
                JOIN identity_services s ON s.id = g.service_id
                LEFT JOIN identity_limits m ON m.registered_id = g.id AND m.scope_id = \(project)
                WHERE s.type = \(type) AND g.resource_name = \(resource) AND g.region_id IN (\(region), '')
                ORDER BY CASE WHEN g.region_id = '' THEN 1 ELSE 0 END, g.id LIMIT 1
                """
            ) { row in try row[0] }
        }
    }

    /// In the model with two levels: the project's domain, under its id, and all projects in it.
    public func tree(of project: ProjectID) async throws(Fault) -> ProjectTree? {
        guard context.options.limitModel == .strictTwoLevel else { return nil }
        return try await read { transaction in
            let domain: DomainID? = try transaction.first(
                "SELECT domain_id FROM identity_projects WHERE id = \(project)"
            ) { row in try row[0] }
            guard let domain else { return nil }
            let members: [ProjectID] = try transaction.all(
                "SELECT id FROM identity_projects WHERE domain_id = \(domain) AND is_domain = 0"
            ) { row in try row[0] }
            let root = ProjectID(domain.text)
            return ProjectTree(root: root, isDomain: true, members: Set(members).union([root]))
        }
    }

    private func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws(Fault) -> Result {
        do {
            return try await context.read(body)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .unavailable("Limits cannot be read at the moment.", context: "\(error)")
        }
    }
}

extension IdentityService {
    /// The limits of the catalog's service of this type, such as `accelerator`.
    public func limits(ofServiceType type: String, region: RegionID = "RegionOne") -> EmbeddedLimits {
        EmbeddedLimits(context, serviceType: type, region: region)
    }
}
