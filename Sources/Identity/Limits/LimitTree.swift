import Model
import Store

/// The rule of the model with two levels: a project's limit is at most its domain's, which is the domain's own limit or
/// otherwise the registered one. A negative limit means unlimited.
struct LimitTree: Sendable {
    let registered: RegisteredLimit
    let holder: Limit.Holder

    /// Throws 403 if `value` would be more than the domain's limit, or less than that of one of the domain's projects.
    func check(_ value: Int, in transaction: any Transaction) throws {
        switch holder {
        case .project(let id, let domain):
            let own: Int? = try transaction.first(
                """
                SELECT resource_limit FROM identity_limits
                WHERE registered_id = \(registered.id) AND scope_id = \(domain)
                """
            ) { row in try row[0] }
            guard Self.isWithin(value, own ?? registered.defaultLimit) else {
                throw refusal("project_id: \(id)", value, "more than its domain \(domain) has")
            }
        case .domain(let id):
            let most: (Int, Int)? = try transaction.first(
                """
                SELECT COALESCE(MAX(m.resource_limit), 0), COALESCE(MIN(m.resource_limit), 0) FROM identity_limits m
                JOIN identity_projects p ON p.id = m.scope_id
                WHERE m.registered_id = \(registered.id) AND p.domain_id = \(id) AND p.is_domain = 0
                """
            ) { row in (try row[0], try row[1]) }
            guard let (largest, smallest) = most else { return }
            guard Self.isWithin(smallest < 0 ? -1 : largest, value) else {
                throw refusal("domain_id: \(id)", value, "less than one of its projects has")
            }
        }
    }

    private static func isWithin(_ value: Int, _ bound: Int) -> Bool {
        bound < 0 || (value >= 0 && value <= bound)
    }

    private func refusal(_ holder: String, _ value: Int, _ reason: String) -> Fault {
        .forbidden(
            "Invalid resource limit: (\(holder), resource_name: \(registered.resource), resource_limit: \(value)) is "
                + "\(reason).")
    }
}
