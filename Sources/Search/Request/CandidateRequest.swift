public import Model

/// A request for candidates: groups of resources, and how they must be related.
public struct CandidateRequest: Sendable, Equatable {
    /// At most one of them has no suffix.
    public var groups: [RequestGroup]
    public var policy: GroupPolicy
    /// Sets of suffixes. The providers of each set must be in the subtree of one of them.
    public var sameSubtrees: [[String]]
    /// Traits the root of the anchor tree must have and must not have.
    public var rootRequired: Set<Trait>
    public var rootForbidden: Set<Trait>
    /// Whether one candidate may use several providers of one tree (Placement 1.29).
    public var isNested: Bool
    public var folding: Folding
    /// Maximum number of candidates; nil means unlimited.
    public var limit: Int?
    /// The order in which a limited search visits the trees.
    public var visits = Visits.breadthFirst
    /// Maximum number of steps of the search; see `CandidateSet.steps`.
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
    /// Each group is on a provider of its own.
    case isolate
}

/// The order in which a limited search visits the trees.
public enum Visits: String, Sendable, CaseIterable {
    /// The first candidate of each tree, before any tree's second.
    case breadthFirst = "breadth-first"
    /// All candidates of a tree, before the next tree's.
    case depthFirst = "depth-first"
}

/// Which candidates are combined into one.
public enum Folding: String, Sendable, CaseIterable {
    /// None: every candidate is listed, as in the original Placement.
    case none
    /// Candidates are combined if they differ only in which of several equal groups has which provider. Every set of
    /// providers still appears.
    case equalGroups = "equal-groups"
    /// In addition, interchangeable providers are not distinguished: one candidate stands for all that differ only in
    /// which of them they use.
    case equalDevices = "equal-devices"
}
