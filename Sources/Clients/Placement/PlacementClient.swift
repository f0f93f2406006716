public import Model

/// Placement as other parts of the program use it. There are two implementations: in process (in `Placement`) and REST
/// (here), so that both work beside the original service.
///
/// Errors: a changed generation is `.conflict` with the code `placement.concurrent_update`. Everything else is the
/// service's own fault, or `.unavailable` if it cannot be reached.
public protocol PlacementClient: Sendable {
    func provider(_ id: ResourceProviderID) async throws(Fault) -> ResourceProviderView?
    func provider(named name: String) async throws(Fault) -> ResourceProviderView?
    /// Every provider in the tree of `id`.
    func tree(of id: ResourceProviderID) async throws(Fault) -> [ResourceProviderView]
    func createProvider(
        _ id: ResourceProviderID, name: String, parent: ResourceProviderID?
    ) async throws(Fault) -> ResourceProviderView
    /// Succeeds if the provider does not exist.
    func deleteProvider(_ id: ResourceProviderID) async throws(Fault)

    func inventories(of id: ResourceProviderID) async throws(Fault) -> InventoriesView
    /// Replaces all inventories if the provider is still at `generation`; answers the new generation. Throws 400 where an
    /// inventory leaves nothing that could be claimed.
    func setInventories(
        of id: ResourceProviderID, generation: Int, to inventories: [ResourceClass: Inventory]
    ) async throws(Fault) -> Int
    func traits(of id: ResourceProviderID) async throws(Fault) -> TraitsView
    func setTraits(of id: ResourceProviderID, generation: Int, to traits: Set<Trait>) async throws(Fault) -> Int

    /// Makes a custom resource class or trait known; done also when it is. Any other must be known: throws 404 where the
    /// service does not know it.
    func ensure(resourceClass: ResourceClass) async throws(Fault)
    func ensure(trait: Trait) async throws(Fault)

    /// The provider's allocations: amounts per class, by consumer.
    func allocations(of id: ResourceProviderID) async throws(Fault) -> [ConsumerID: [ResourceClass: Int]]

    /// The inventories of several providers; a deleted provider is left out.
    func inventories(of ids: [ResourceProviderID]) async throws(Fault) -> [ResourceProviderID: InventoriesView]
    /// All that each consumer holds who holds anything of these providers, in the order of consumers. Nobody holds anything
    /// of a provider that is gone.
    func holdings(on providers: [ResourceProviderID]) async throws(Fault) -> [ConsumerHolding]
    /// Replaces inventories and allocations: all of them or none.
    func reshape(_ change: PlacementReshape) async throws(Fault)
}

public struct ResourceProviderView: Sendable, Equatable {
    public let id: ResourceProviderID
    public let name: String
    public let generation: Int
    public let parent: ResourceProviderID?
    public let root: ResourceProviderID

    public init(
        id: ResourceProviderID, name: String, generation: Int, parent: ResourceProviderID?, root: ResourceProviderID
    ) {
        self.id = id
        self.name = name
        self.generation = generation
        self.parent = parent
        self.root = root
    }
}

public struct InventoriesView: Sendable, Equatable {
    public let generation: Int
    public let inventories: [ResourceClass: Inventory]

    public init(generation: Int, inventories: [ResourceClass: Inventory]) {
        self.generation = generation
        self.inventories = inventories
    }
}

public struct TraitsView: Sendable, Equatable {
    public let generation: Int
    public let traits: Set<Trait>

    public init(generation: Int, traits: Set<Trait>) {
        self.generation = generation
        self.traits = traits
    }
}
