import Clients
import Model

/// Placement as the agent of one host may read and change it: the tree below the host's own root provider.
///
/// So agents need no account at the identity service. No agent can take over a provider of another host, or create one
/// with the same id: ids are derived from names that begin with the host's name.
struct HostPlacement: PlacementClient {
    private let placement: any PlacementClient
    private let host: HostName
    /// Whether a host with that name is enrolled.
    private let isEnrolled: @Sendable (HostName) async throws(Fault) -> Bool

    init(
        _ placement: any PlacementClient, of host: HostName,
        isEnrolled: @escaping @Sendable (HostName) async throws(Fault) -> Bool
    ) {
        self.placement = placement
        self.host = host
        self.isEnrolled = isEnrolled
    }

    // MARK: Whose it is

    /// Whether it is the host's own name, or that name with or without a domain, unless it is another host's.
    private func mayBeRoot(_ name: String) async throws(Fault) -> Bool {
        if name == host.text { return true }
        guard name.hasPrefix(host.text + ".") || host.text.hasPrefix(name + ".") else { return false }
        return try await !isEnrolled(HostName(name))
    }

    private func isOwn(_ provider: ResourceProviderView) async throws(Fault) -> Bool {
        if provider.root == provider.id { return try await mayBeRoot(provider.name) }
        guard let root = try await placement.provider(provider.root) else { return false }
        return try await mayBeRoot(root.name)
    }

    /// Throws 403 for another host's provider, and for writes to the root, which belongs to the compute service. If the
    /// provider does not exist, the service itself reports that.
    private func check(_ id: ResourceProviderID, isWritten: Bool = false) async throws(Fault) {
        guard let provider = try await placement.provider(id) else { return }
        guard try await isOwn(provider) else {
            throw .forbidden("The provider '\(id)' stands below another root than that of host '\(host)'.")
        }
        if isWritten, provider.root == provider.id {
            throw .forbidden("The root provider '\(provider.name)' is the compute service's; agents write below it.")
        }
    }

    /// The host's tree, if it contains one of `ids`.
    private func ownTree(_ ids: [ResourceProviderID]) async throws(Fault) -> [ResourceProviderView] {
        for id in ids {
            guard let provider = try await placement.provider(id), try await isOwn(provider) else { continue }
            return try await placement.tree(of: id)
        }
        return []
    }

    /// Those of `ids` that are in the host's tree; nothing is revealed about others.
    private func own(_ ids: [ResourceProviderID]) async throws(Fault) -> [ResourceProviderID] {
        let tree = Set(try await ownTree(ids).map(\.id))
        return ids.filter(tree.contains)
    }

    // MARK: PlacementClient

    func provider(_ id: ResourceProviderID) async throws(Fault) -> ResourceProviderView? {
        guard let found = try await placement.provider(id), try await isOwn(found) else { return nil }
        return found
    }

    func provider(named name: String) async throws(Fault) -> ResourceProviderView? {
        guard let found = try await placement.provider(named: name), try await isOwn(found) else { return nil }
        return found
    }

    func tree(of id: ResourceProviderID) async throws(Fault) -> [ResourceProviderView] {
        try await check(id)
        return try await placement.tree(of: id)
    }

    func createProvider(
        _ id: ResourceProviderID, name: String, parent: ResourceProviderID?
    ) async throws(Fault) -> ResourceProviderView {
        if let parent {
            try await check(parent)
            guard isOwnName(name), id == ProviderNames.identifier(ofProvider: name) else {
                throw .forbidden(
                    "Host '\(host)' makes providers whose names begin with '\(host)_', each with the id of its name.")
            }
        } else if try await !mayBeRoot(name) {
            throw .forbidden(
                "The root provider of host '\(host)' has the host's name, with or without its domain, and not '\(name.prefix(80))'; "
                    + "with another one its agent needs an account of its own (section keystone).")
        }
        return try await placement.createProvider(id, name: name, parent: parent)
    }

    /// `HOST_…`, or with other characters replaced, as some drivers do.
    private func isOwnName(_ name: String) -> Bool {
        name.hasPrefix("\(host)_") || name.hasPrefix(ProviderNames.plain("\(host)_"))
    }

    func deleteProvider(_ id: ResourceProviderID) async throws(Fault) {
        try await check(id, isWritten: true)
        try await placement.deleteProvider(id)
    }

    func inventories(of id: ResourceProviderID) async throws(Fault) -> InventoriesView {
        try await check(id)
        return try await placement.inventories(of: id)
    }

    func setInventories(
        of id: ResourceProviderID, generation: Int, to inventories: [ResourceClass: Inventory]
    ) async throws(Fault) -> Int {
        try await check(id, isWritten: true)
        return try await placement.setInventories(of: id, generation: generation, to: inventories)
    }

    func traits(of id: ResourceProviderID) async throws(Fault) -> TraitsView {
        try await check(id)
        return try await placement.traits(of: id)
    }

    func setTraits(of id: ResourceProviderID, generation: Int, to traits: Set<Trait>) async throws(Fault) -> Int {
        try await check(id, isWritten: true)
        return try await placement.setTraits(of: id, generation: generation, to: traits)
    }

    func ensure(resourceClass: ResourceClass) async throws(Fault) {
        try await placement.ensure(resourceClass: resourceClass)
    }

    func ensure(trait: Trait) async throws(Fault) { try await placement.ensure(trait: trait) }

    func allocations(of id: ResourceProviderID) async throws(Fault) -> [ConsumerID: [ResourceClass: Int]] {
        try await check(id)
        return try await placement.allocations(of: id)
    }

    func inventories(of ids: [ResourceProviderID]) async throws(Fault) -> [ResourceProviderID: InventoriesView] {
        try await placement.inventories(of: try await own(ids))
    }

    func holdings(on providers: [ResourceProviderID]) async throws(Fault) -> [ConsumerHolding] {
        try await placement.holdings(on: try await own(providers))
    }

    /// Consumers' allocations of other providers must stay unchanged.
    func reshape(_ change: PlacementReshape) async throws(Fault) {
        let ids = Set(change.inventories.keys)
        let writable = Set(try await ownTree(ids.sorted()).filter { $0.id != $0.root }.map(\.id))
        if let foreign = ids.subtracting(writable).min() {
            throw .forbidden("The provider '\(foreign)' does not stand below the root of host '\(host)'.")
        }
        var held: [ConsumerID: ConsumerHolding] = [:]
        for holding in try await placement.holdings(on: ids.sorted()) { held[holding.consumer] = holding }
        for holding in change.holdings {
            guard let before = held[holding.consumer], before.isSame(as: holding, but: ids) else {
                throw .conflict(
                    "The consumer '\(holding.consumer)' holds something else now; read it again.",
                    code: RESTPlacementClient.concurrentUpdate)
            }
        }
        try await placement.reshape(change)
    }
}

extension ConsumerHolding {
    /// Whether only the allocations of `providers` differ.
    fileprivate func isSame(as other: ConsumerHolding, but providers: Set<ResourceProviderID>) -> Bool {
        project == other.project && user == other.user
            && allocations.filter { !providers.contains($0.key) }
                == other.allocations.filter { !providers.contains($0.key) }
    }
}
