public import Model

/// Everything that one consumer holds, as it must be said again to move a part of it.
public struct ConsumerHolding: Sendable, Equatable {
    public let consumer: ConsumerID
    public var allocations: [ResourceProviderID: [ResourceClass: Int]]
    public let project: String
    public let user: String
    public let generation: Int

    public init(
        consumer: ConsumerID, allocations: [ResourceProviderID: [ResourceClass: Int]], project: String, user: String,
        generation: Int
    ) {
        self.consumer = consumer
        self.allocations = allocations
        self.project = project
        self.user = user
        self.generation = generation
    }
}

/// Inventories and allocations of several providers and consumers that are replaced in one step, or not at all: what is in use
/// moves with its inventory.
public struct PlacementReshape: Sendable, Equatable {
    /// Whole inventories, with the generation of the provider that was seen.
    public var inventories: [ResourceProviderID: InventoriesView]
    /// What consumers hold from then on, with the generation of the consumer that was seen.
    public var holdings: [ConsumerHolding]

    public init(inventories: [ResourceProviderID: InventoriesView], holdings: [ConsumerHolding]) {
        self.inventories = inventories
        self.holdings = holdings
    }
}
