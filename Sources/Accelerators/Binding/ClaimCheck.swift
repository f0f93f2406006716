import Clients
import Model
import Store

/// Compares a PATCH's binds with what their instances have claimed in Placement.
///
/// The compute service claims before it binds. A bind without a claim takes a device that Placement counts as free, and
/// the next instance that is scheduled to it fails.
struct ClaimCheck: Sendable {
    /// Providers of which an instance binds more than it has claimed.
    let unclaimed: Set<ResourceProviderID>

    static let nothing = ClaimCheck(unclaimed: [])

    private init(unclaimed: Set<ResourceProviderID>) { self.unclaimed = unclaimed }

    /// Of providers that have given way to others nothing is said here.
    init(
        _ targets: [RequestPatch.Target], on known: Set<ResourceProviderID>, by placement: any PlacementClient
    ) async throws(Fault) {
        var wanted: [ResourceProviderID: [InstanceID: Int]] = [:]
        for target in targets where known.contains(target.resourceProvider) {
            wanted[target.resourceProvider, default: [:]][target.instance, default: 0] += 1
        }
        var unclaimed: Set<ResourceProviderID> = []
        for (provider, instances) in wanted.sorted(by: { $0.key < $1.key }) {
            let claims = try await Self.claims(on: provider, placement)
            for (instance, count) in instances {
                let amounts = claims[ConsumerID(instance.uuid)] ?? [:]
                let units = amounts.values.reduce(0) { $0.addingReportingOverflow($1).partialValue }
                if units < count { unclaimed.insert(provider) }
            }
        }
        self.unclaimed = unclaimed
    }

    /// A provider that Placement does not have has no claims.
    private static func claims(
        on provider: ResourceProviderID, _ placement: any PlacementClient
    ) async throws(Fault) -> [ConsumerID: [ResourceClass: Int]] {
        do {
            return try await placement.allocations(of: provider)
        } catch {
            guard error.kind == .notFound else { throw error }
            return [:]
        }
    }
}
