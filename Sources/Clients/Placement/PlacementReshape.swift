public import Model

/// All allocations of one consumer, which must be sent completely to move a part of them.
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

/// Inventories and allocations of several providers and consumers that are replaced in one step or not at all:
/// allocations move together with their inventories.
public struct PlacementReshape: Sendable, Equatable {
    /// Complete inventories, with the generation of the provider that was read.
    public var inventories: [ResourceProviderID: InventoriesView]
    /// The new allocations, with the generation of each consumer that was read.
    public var holdings: [ConsumerHolding]

    public init(inventories: [ResourceProviderID: InventoriesView], holdings: [ConsumerHolding]) {
        self.inventories = inventories
        self.holdings = holdings
    }
}
