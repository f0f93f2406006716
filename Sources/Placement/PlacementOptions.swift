public import Search

/// Options that an operator may set.
public struct PlacementOptions: Sendable {
    /// Project and user of allocations that are written with versions before 1.8, which name none.
    var placeholderProject = "00000000-0000-0000-0000-000000000000"
    var placeholderUser = "00000000-0000-0000-0000-000000000000"
    /// Which candidates are combined into one.
    public var folding = Folding.none
    /// The order in which a limited search visits the trees.
    public var visits = Visits.breadthFirst
    /// Whether a limited response is a random sample of all candidates, and a complete response is in random order.
    package var randomizesCandidates = false
    /// Maximum number of steps of one search.
    var searchBudget = CandidateRequest.defaultBudget
    /// Maximum number of candidates in one response, whatever its `limit`; nil means unlimited.
    package var mostCandidates: Int?

    public init() {}
}
