/// The inventory of one class of a resource provider, or all inventories of the provider.
public struct ProviderPart: Sendable, Codable, Hashable, Comparable {
    public var provider: ResourceProviderID
    /// Nil for all classes of the provider.
    public var resourceClass: String?

    public init(_ provider: ResourceProviderID, _ resourceClass: String? = nil) {
        self.provider = provider
        self.resourceClass = resourceClass
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.provider, left.resourceClass ?? "") < (right.provider, right.resourceClass ?? "")
    }
}

extension Set<ProviderPart> {
    /// Whether the part includes the class.
    public func contains(_ provider: ResourceProviderID, _ resourceClass: String) -> Bool {
        guard !isEmpty else { return false }
        return contains(ProviderPart(provider)) || contains(ProviderPart(provider, resourceClass))
    }
}
