public import Model

/// One group of a request. With a suffix one provider gives all of it; without, each class may come from another
/// provider of the tree.
public struct RequestGroup: Sendable, Equatable {
    /// Empty for the group without a suffix.
    public var suffix: String
    /// An amount of 0 asks for a provider, whatever it has: of the group without a suffix such a one can still bring a trait.
    public var resources: [ResourceClass: Int]
    /// Each set: at least one of its traits must be there.
    public var required: [Set<Trait>]
    public var forbidden: Set<Trait>
    /// Each set: the provider must be in at least one of its aggregates.
    public var memberOf: [Set<AggregateID>]
    public var notMemberOf: Set<AggregateID>
    /// Any provider of the tree that must serve the group.
    public var inTree: ResourceProviderID?

    public init(
        _ suffix: String = "", _ resources: [ResourceClass: Int], required: [Set<Trait>] = [],
        forbidden: Set<Trait> = [], memberOf: [Set<AggregateID>] = [], notMemberOf: Set<AggregateID> = [],
        inTree: ResourceProviderID? = nil
    ) {
        self.suffix = suffix
        self.resources = resources
        self.required = required
        self.forbidden = forbidden
        self.memberOf = memberOf
        self.notMemberOf = notMemberOf
        self.inTree = inTree
    }
}
