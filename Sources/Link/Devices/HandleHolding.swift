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

/// Every handle of a host that somebody holds, and those that nobody may have yet.
public struct HandleHoldings: Sendable, Codable, Equatable {
    public var holdings: [HandleHolding]
    /// Info of every handle that is not free: bound, being cleaned, or in quarantine. Nil where the control plane is of a release that
    /// does not say.
    public var occupied: [[String: String]]?

    public init(_ holdings: [HandleHolding] = [], occupied: [[String: String]]? = nil) {
        self.holdings = holdings
        self.occupied = occupied
    }

    /// What the handles that are not free say of themselves.
    public var occupiedInfos: [[String: String]] { holdings.map(\.info) + (occupied ?? []) }
}
