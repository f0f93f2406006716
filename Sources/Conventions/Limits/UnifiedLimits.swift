public import Access
public import Model

/// A service's limits, from Identity's unified limits: embedded or a Keystone's.
public struct UnifiedLimits: ProjectLimits {
    private let quota: any QuotaLimits

    public init(quota: any QuotaLimits) {
        self.quota = quota
    }

    public func limits(of project: ProjectID, on resources: [String]) async throws(Fault) -> [ResourceLimit] {
        let tree = try await quota.tree(of: project)
        var limits: [ResourceLimit] = []
        for resource in resources {
            guard let own = try await quota.limit(for: resource, project: project) else {
                limits.append(ResourceLimit(unregistered: resource))
                continue
            }
            var family: ResourceLimit.Family?
            if let tree, let shared = try await quota.limit(for: resource, rootOf: tree) {
                family = ResourceLimit.Family(limit: shared, projects: tree.members.sorted { $0.text < $1.text })
            }
            limits.append(ResourceLimit(resource, limit: own, family: family))
        }
        return limits
    }
}
