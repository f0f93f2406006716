import Clients
import Model
import Store

/// The providers that replaced one after its host's layout changed.
///
/// A consumer that had claimed something of the former provider now holds it of a new one, because the change moved the
/// claims. A bind in progress that names the former provider is redirected to the claim.
enum Successions {
    /// The maximum duration of a bind in progress.
    private static let memory: Duration = .seconds(86_400)

    struct Pair: Hashable, Sendable {
        let former: ResourceProviderID
        let provider: ResourceProviderID
    }

    /// The former provider was divided. Placement must be queried which of the new ones each instance holds.
    struct Division: Error, Sendable {
        let providers: [ResourceProviderID]
    }

    /// Units of each provider that an instance holds.
    typealias Claims = [InstanceID: [ResourceProviderID: Int]]

    static func note(_ pairs: Set<Pair>, at now: Timestamp, in transaction: any Transaction) throws {
        guard !pairs.isEmpty else { return }
        let limit = now - memory
        try transaction.execute("DELETE FROM provider_successions WHERE at < \(limit)")
        // A provider that is there again has no successor any more.
        let alive = Array(Set(pairs.map(\.provider))).sorted()
        for start in stride(from: 0, to: alive.count, by: 500) {
            let some = Array(alive[start..<min(start + 500, alive.count)])
            try transaction.execute("DELETE FROM provider_successions WHERE former IN \(list: some)")
        }
        for pair in pairs.sorted(by: { ($0.former, $0.provider) < ($1.former, $1.provider) }) {
            try transaction.execute(
                """
                INSERT INTO provider_successions (former, provider, at)
                VALUES (\(pair.former), \(pair.provider), \(now))
                ON CONFLICT (former, provider) DO UPDATE SET at = excluded.at
                """)
        }
    }

    /// The providers that replaced `former`; if any of them has the class, only those. Empty if nothing is known.
    static func of(
        _ former: ResourceProviderID, for resourceClass: String, in transaction: any Transaction
    ) throws -> [ResourceProviderID] {
        let all = try transaction.all(
            """
            SELECT s.provider, p.resource_class
            FROM provider_successions s JOIN deployables p ON p.resource_provider = s.provider
            WHERE s.former = \(former) ORDER BY s.provider, p.resource_class
            """
        ) { row -> (provider: ResourceProviderID, resourceClass: String) in (try row[0], try row[1]) }
        let exact = all.filter { $0.resourceClass == resourceClass }.map(\.provider)
        if !exact.isEmpty { return exact }
        return all.map(\.provider).reduce(into: []) { some, provider in
            if some.last != provider { some.append(provider) }
        }
    }

    /// The target of each of these binds, in order. Throws `Division` if Placement must be queried, and 409 if an
    /// instance holds nothing of any target.
    static func goals(
        of instances: [InstanceID], from former: ResourceProviderID, among providers: [ResourceProviderID],
        _ claims: Claims?
    ) throws -> [ResourceProviderID] {
        if providers.count == 1 { return instances.map { _ in providers[0] } }
        guard var claims else { throw Division(providers: providers) }
        return try instances.map { instance in
            guard let goal = providers.first(where: { claims[instance]?[$0] ?? 0 > 0 }) else {
                throw Fault.conflict(
                    "The resource provider \(former) was divided when its host's layout changed, and instance \(instance) "
                        + "holds nothing of its \(providers.count) successors; schedule it again. Nothing was bound.")
            }
            claims[instance]?[goal, default: 0] -= 1
            return goal
        }
    }

    /// What these instances hold of the providers.
    static func claims(
        of instances: [InstanceID], on providers: [ResourceProviderID], in placement: any PlacementClient
    ) async throws(Fault) -> Claims {
        let known = Dictionary(instances.map { (ConsumerID($0.uuid), $0) }) { first, _ in first }
        var claims: Claims = [:]
        for holding in try await placement.holdings(on: providers) {
            guard let instance = known[holding.consumer] else { continue }
            for (provider, amounts) in holding.allocations {
                claims[instance, default: [:]][provider] = amounts.values.reduce(0, +)
            }
        }
        return claims
    }
}
