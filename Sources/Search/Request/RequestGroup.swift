public import Model

/// One group of a request. A group with a suffix is served by one provider; without a suffix, each class may come from
/// another provider of the tree.
public struct RequestGroup: Sendable, Equatable {
    /// Empty for the group without a suffix.
    public var suffix: String
    /// An amount of 0 requires a provider without using it. In the group without a suffix, such a provider can still
    /// contribute a trait.
    public var resources: [ResourceClass: Int]
    /// For each set, the provider must have at least one of its traits.
    public var required: [Set<Trait>]
    public var forbidden: Set<Trait>
    /// For each set, the provider must be in at least one of its aggregates.
    public var memberOf: [Set<AggregateID>]
    public var notMemberOf: Set<AggregateID>
    /// A provider in whose tree the group must be served.
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
