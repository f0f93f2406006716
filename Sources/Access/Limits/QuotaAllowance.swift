public import Model

/// The limits that bear on one request, read before its transaction, to be compared with usage inside of it.
///
///     let allowance = try await QuotaAllowance(limits, project: project, resources: ["accelerator:FPGA"])
///     try await store.write { transaction in
///         try allowance.check(asking: ["accelerator:FPGA": 2], used: try usage(of: allowance.projects, transaction))
///         …
///     }
public struct QuotaAllowance: Sendable, Equatable {
    public let project: ProjectID
    /// Whose usage counts: the project, and where limits form a tree all projects of it.
    public let projects: Set<ProjectID>
    let own: [String: Int]
    let root: [String: Int]

    /// What a resource without a registered limit means.
    public enum Unregistered: Sendable {
        case unlimited
        /// As oslo.limit has it: none may be used.
        case refused
    }

    /// Throws 503 when nobody can say.
    public init(
        _ limits: some QuotaLimits, project: ProjectID, resources: [String], unregistered: Unregistered = .unlimited
    ) async throws(Fault) {
        let fallback = unregistered == .unlimited ? -1 : 0
        var own: [String: Int] = [:]
        var root: [String: Int] = [:]
        let tree = try await limits.tree(of: project)
        for resource in resources {
            own[resource] = try await limits.limit(for: resource, project: project) ?? fallback
            if let tree {
                root[resource] = try await limits.limit(for: resource, rootOf: tree) ?? fallback
            }
        }
        self.project = project
        projects = (tree?.members ?? []).union([project])
        self.own = own
        self.root = root
    }

    /// Throws 403 that names every resource of which more would be used than allowed.
    ///
    /// A resource that is not asked for more of is not looked at, so that who is over a lowered limit may still give back.
    public func check(asking: [String: Int], used: [ProjectID: [String: Int]]) throws(Fault) {
        var reasons: [String] = []
        for (resource, amount) in asking.sorted(by: { $0.key < $1.key }) where amount > 0 {
            let mine = used[project]?[resource] ?? 0
            if let limit = own[resource], limit >= 0, mine + amount > limit {
                reasons.append("\(resource): \(amount) asked, \(mine) in use, the project's limit is \(limit)")
                continue
            }
            let all = projects.reduce(0) { $0 + (used[$1]?[resource] ?? 0) }
            if let limit = root[resource], limit >= 0, all + amount > limit {
                reasons.append(
                    "\(resource): \(amount) asked, \(all) in use in the project tree, whose limit is \(limit)")
            }
        }
        guard reasons.isEmpty else {
            throw Fault(.forbidden, "Quota exceeded for project \(project). \(reasons.joined(separator: "; ")).")
        }
    }
}
