public import Model
public import Store

/// Compares what a project has with what it may have, inside the transaction that gives it more.
public struct LimitCheck: Sendable {
    /// What one project asks for on top, by resource.
    public struct Demand: Sendable, Equatable {
        public let project: ProjectID
        public var amounts: [String: Int]

        public init(project: ProjectID, amounts: [String: Int]) {
            self.project = project
            self.amounts = amounts
        }
    }

    /// How much of a resource the projects have together.
    public typealias Usage =
        @Sendable (_ resource: String, _ projects: [ProjectID], _ transaction: any Transaction) throws -> Int

    private let demand: Demand
    private let limits: [ResourceLimit]
    private let usage: Usage

    public init(_ demand: Demand, by source: any ProjectLimits, usage: @escaping Usage) async throws(Fault) {
        self.demand = demand
        self.usage = usage
        limits = try await source.limits(of: demand.project, on: demand.amounts.keys.sorted())
    }

    /// Throws 403 naming every limit that the demand would pass, and by how much.
    public func enforce(in transaction: any Transaction) throws {
        var excesses: [String] = []
        for limit in limits.sorted(by: { $0.resource < $1.resource }) {
            guard let amount = demand.amounts[limit.resource] else { continue }
            if limit.limit >= 0 {
                let used = try usage(limit.resource, [demand.project], transaction)
                if used + amount > limit.limit {
                    let sentence = Self.sentence(limit.resource, limit.limit, used, amount, of: "project")
                    excesses.append(limit.isRegistered ? sentence : sentence + ", because no limit is registered")
                    continue
                }
            }
            if let family = limit.family, family.limit >= 0 {
                let used = try usage(limit.resource, family.projects, transaction)
                if used + amount > family.limit {
                    excesses.append(
                        Self.sentence(limit.resource, family.limit, used, amount, of: "domain with all its projects"))
                }
            }
        }
        guard excesses.isEmpty else {
            throw Fault.forbidden(
                "Project \(demand.project) would pass its limits: \(excesses.joined(separator: "; ")).")
        }
    }

    private static func sentence(
        _ resource: String, _ limit: Int, _ used: Int, _ amount: Int, of whom: String
    ) -> String {
        "\(resource) of the \(whom): limit \(limit), used \(used), asked for \(amount), "
            + "\(used + amount - limit) too many"
    }
}
