public import Model

/// One resource provider: the part of its rows that the search needs.
public struct ProviderDescription: Sendable, Equatable {
    public var id: ResourceProviderID
    /// Nil at the root of a tree.
    public var parent: ResourceProviderID?
    /// Grows with every change of the provider, its inventories, traits, aggregates or use.
    public var revision: Int64
    public var stocks: [Stock]
    public var traits: [Trait]
    public var aggregates: [AggregateID]

    /// An inventory, and how much of it is used.
    public struct Stock: Sendable, Equatable {
        public var resourceClass: ResourceClass
        public var inventory: Inventory
        public var used: Int

        public init(_ resourceClass: ResourceClass, _ inventory: Inventory, used: Int = 0) {
            self.resourceClass = resourceClass
            self.inventory = inventory
            self.used = used
        }
    }

    public init(
        _ id: ResourceProviderID, parent: ResourceProviderID? = nil, revision: Int64 = 0, stocks: [Stock] = [],
        traits: [Trait] = [], aggregates: [AggregateID] = []
    ) {
        self.id = id
        self.parent = parent
        self.revision = revision
        self.stocks = stocks
        self.traits = traits
        self.aggregates = aggregates
    }
}
