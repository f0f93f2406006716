import Clients
import Model
import Synchronization

/// A Placement that answers what a test wrote down and keeps the reshapes that reach it.
final class ScriptedPlacement: PlacementClient {
    let providers: [ResourceProviderView]
    let holdings: [ConsumerHolding]
    private let kept = Mutex<[PlacementReshape]>([])

    init(providers: [ResourceProviderView], holdings: [ConsumerHolding]) {
        self.providers = providers
        self.holdings = holdings
    }

    var reshapes: [PlacementReshape] { kept.withLock { $0 } }

    private static let unscripted = Fault(.notImplemented, "The test does not script this.")

    func provider(_ id: ResourceProviderID) async throws(Fault) -> ResourceProviderView? {
        providers.first { $0.id == id }
    }

    func provider(named name: String) async throws(Fault) -> ResourceProviderView? {
        providers.first { $0.name == name }
    }

    func tree(of id: ResourceProviderID) async throws(Fault) -> [ResourceProviderView] {
        let root = providers.first { $0.id == id }?.root
        return providers.filter { $0.root == root }
    }

    func holdings(on providers: [ResourceProviderID]) async throws(Fault) -> [ConsumerHolding] {
        holdings.filter { holding in providers.contains { holding.allocations[$0] != nil } }
    }

    func reshape(_ change: PlacementReshape) async throws(Fault) { kept.withLock { $0.append(change) } }

    func createProvider(
        _ id: ResourceProviderID, name: String, parent: ResourceProviderID?
    ) async throws(Fault) -> ResourceProviderView { throw Self.unscripted }
    func deleteProvider(_ id: ResourceProviderID) async throws(Fault) { throw Self.unscripted }
    func inventories(of id: ResourceProviderID) async throws(Fault) -> InventoriesView { throw Self.unscripted }
    func setInventories(
        of id: ResourceProviderID, generation: Int, to inventories: [ResourceClass: Inventory]
    ) async throws(Fault) -> Int { throw Self.unscripted }
    func traits(of id: ResourceProviderID) async throws(Fault) -> TraitsView { throw Self.unscripted }
    func setTraits(of id: ResourceProviderID, generation: Int, to traits: Set<Trait>) async throws(Fault) -> Int {
        throw Self.unscripted
    }
    func ensure(resourceClass: ResourceClass) async throws(Fault) { throw Self.unscripted }
    func ensure(trait: Trait) async throws(Fault) { throw Self.unscripted }
    func allocations(of id: ResourceProviderID) async throws(Fault) -> [ConsumerID: [ResourceClass: Int]] {
        throw Self.unscripted
    }
    func inventories(of ids: [ResourceProviderID]) async throws(Fault) -> [ResourceProviderID: InventoriesView] {
        throw Self.unscripted
    }
}
