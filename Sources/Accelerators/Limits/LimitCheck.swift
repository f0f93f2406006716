import Model
import Store

/// Compares what a project has with what it may have, inside the transaction that gives it more.
struct LimitCheck: Sendable {
    /// What one project asks for on top, by resource.
    struct Demand: Sendable, Equatable {
        let project: ProjectID
        var amounts: [String: Int]
    }

    static let requests = "accelerator_requests"
    static let prefix = "class:"
    static func resource(_ resourceClass: ResourceClass) -> String { prefix + "\(resourceClass)" }

    let demand: Demand
    let limits: [ResourceLimit]

    init(_ demand: Demand, by source: any AcceleratorLimits) async throws(Fault) {
        self.demand = demand
        limits = try await source.limits(of: demand.project, on: demand.amounts.keys.sorted())
    }

    /// Throws 403 naming every limit that the demand would pass, and by how much.
    func enforce(in transaction: any Transaction) throws {
        var excesses: [String] = []
        for limit in limits.sorted(by: { $0.resource < $1.resource }) {
            guard let amount = demand.amounts[limit.resource] else { continue }
            if limit.limit >= 0 {
                let usage = try Self.usage(limit.resource, [demand.project], in: transaction)
                if usage + amount > limit.limit {
                    let sentence = Self.sentence(limit.resource, limit.limit, usage, amount, of: "project")
                    excesses.append(limit.isRegistered ? sentence : sentence + ", because no limit is registered")
                    continue
                }
            }
            if let family = limit.family, family.limit >= 0 {
                let usage = try Self.usage(limit.resource, family.projects, in: transaction)
                if usage + amount > family.limit {
                    excesses.append(
                        Self.sentence(limit.resource, family.limit, usage, amount, of: "domain with all its projects"))
                }
            }
        }
        guard excesses.isEmpty else {
            throw Fault.forbidden(
                "Project \(demand.project) would pass its limits: \(excesses.joined(separator: "; ")).")
        }
    }

    private static func sentence(
        _ resource: String, _ limit: Int, _ usage: Int, _ amount: Int, of whom: String
    ) -> String {
        "\(resource) of the \(whom): limit \(limit), used \(usage), asked for \(amount), "
            + "\(usage + amount - limit) too many"
    }

    private static func usage(
        _ resource: String, _ projects: [ProjectID], in transaction: any Transaction
    ) throws -> Int {
        var query: SQL = "SELECT COUNT(*) FROM accelerator_requests WHERE project IN \(list: projects)"
        if resource != requests {
            let name = String(resource.dropFirst(prefix.count))
            query += " AND state IN ('Bound', 'BindStarted') AND resource_class = \(name)"
        }
        return try transaction.first(query) { row in try row[0] } ?? 0
    }
}
