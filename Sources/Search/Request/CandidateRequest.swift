public import Model

/// What is asked of the cloud: groups of resources, and how they must lie to one another.
public struct CandidateRequest: Sendable, Equatable {
    /// At most one without a suffix.
    public var groups: [RequestGroup]
    public var policy: GroupPolicy
    /// Sets of suffixes whose providers must lie below one of them.
    public var sameSubtrees: [[String]]
    /// Traits the root of the anchor tree must have and must not have.
    public var rootRequired: Set<Trait>
    public var rootForbidden: Set<Trait>
    /// Whether one candidate may use several providers of one tree (Placement 1.29).
    public var isNested: Bool
    public var folding: Folding
    /// The most candidates wanted; nil wants all.
    public var limit: Int?
    /// In which order a limited search takes the trees.
    public var visits = Visits.breadthFirst
    /// The most steps the search may take; see `CandidateSet.steps`.
    public var budget: Int

    public static let defaultBudget = 2_000_000

    public init(
        groups: [RequestGroup], policy: GroupPolicy = .none, sameSubtrees: [[String]] = [],
        rootRequired: Set<Trait> = [], rootForbidden: Set<Trait> = [], isNested: Bool = true,
        folding: Folding = .equalGroups, limit: Int? = nil, budget: Int = CandidateRequest.defaultBudget
    ) {
        self.groups = groups
        self.policy = policy
        self.sameSubtrees = sameSubtrees
        self.rootRequired = rootRequired
        self.rootForbidden = rootForbidden
        self.isNested = isNested
        self.folding = folding
        self.limit = limit
        self.budget = budget
    }
}

/// Whether groups with a suffix may share a provider.
public enum GroupPolicy: String, Sendable {
    case none
    /// Each on a provider of its own.
    case isolate
}

/// In which order a limited search takes the trees.
public enum Visits: String, Sendable, CaseIterable {
    /// Each tree's first candidate before any tree's second.
    case breadthFirst = "breadth-first"
    /// All candidates of a tree before the next tree's.
    case depthFirst = "depth-first"
}

/// Which candidates count as the same.
public enum Folding: String, Sendable, CaseIterable {
    /// Every one is listed, as the original Placement does.
    case none
    /// Groups that ask for the same are not told apart: candidates that differ only in which of them has which
    /// provider are listed once. Every set of providers still appears.
    case equalGroups = "equal-groups"
    /// Besides, providers that nothing tells apart are not told apart: one candidate stands for all that differ only
    /// in which of the interchangeable devices they use.
    case equalDevices = "equal-devices"
}
