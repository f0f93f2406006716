import Model

/// Which inventory: a provider's, of a class.
struct InventoryKey: Hashable, Comparable, Sendable {
    let provider: ResourceProviderID
    let resourceClass: ResourceClass

    static func < (left: Self, right: Self) -> Bool {
        (left.provider, left.resourceClass) < (right.provider, right.resourceClass)
    }
}
