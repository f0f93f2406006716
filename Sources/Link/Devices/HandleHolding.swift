public import Model

/// The holder of an attach handle of a host: what its agent must know to move the holder's allocation with it.
public struct HandleHolding: Sendable, Codable, Equatable {
    public var instance: InstanceID
    public var provider: ResourceProviderID
    public var driver: String
    /// The handle's type; nil if the control plane's release does not report it.
    public var type: AttachHandleType?
    /// The handle's info.
    public var info: [String: String]
    /// The class of the handle's unit; nil if the control plane's release does not report it.
    public var resourceClass: String?

    public init(
        instance: InstanceID, provider: ResourceProviderID, driver: String,
        type: AttachHandleType? = nil, info: [String: String], resourceClass: String? = nil
    ) {
        self.type = type
        self.resourceClass = resourceClass
        self.instance = instance
        self.provider = provider
        self.driver = driver
        self.info = info
    }

    /// The handle, as its driver reported it. Without its type it is taken for that of a function of the PCI bus.
    public var handle: AttachHandleReport { AttachHandleReport(type: type ?? .pci, info: info) }
}

/// Every held handle of a host, and those that nobody may have yet.
public struct HandleHoldings: Sendable, Codable, Equatable {
    public var holdings: [HandleHolding]
    /// The info of every handle that is not free: bound, being cleaned, or in quarantine. Nil if the control plane's
    /// release does not report it.
    public var occupied: [[String: String]]?

    public init(_ holdings: [HandleHolding] = [], occupied: [[String: String]]? = nil) {
        self.holdings = holdings
        self.occupied = occupied
    }

    /// The info of the handles that are not free.
    public var occupiedInfos: [[String: String]] { holdings.map(\.info) + (occupied ?? []) }
}
