public import Model

/// Who holds an attach handle of a host: what its agent must know to move the holder's allocation with it.
public struct HandleHolding: Sendable, Codable, Equatable {
    public var instance: InstanceID
    public var provider: ResourceProviderID
    public var driver: String
    /// Of the handle.
    public var info: [String: String]
    /// The class that the handle is a unit of; nil where the control plane is of a release that does not say.
    public var resourceClass: String?

    public init(
        instance: InstanceID, provider: ResourceProviderID, driver: String, info: [String: String],
        resourceClass: String? = nil
    ) {
        self.resourceClass = resourceClass
        self.instance = instance
        self.provider = provider
        self.driver = driver
        self.info = info
    }
}

/// Every handle of a host that somebody holds.
public struct HandleHoldings: Sendable, Codable, Equatable {
    public var holdings: [HandleHolding]

    public init(holdings: [HandleHolding]) {
        self.holdings = holdings
    }
}
