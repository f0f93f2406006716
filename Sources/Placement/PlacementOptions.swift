public import Search

/// What an operator may set.
public struct PlacementOptions: Sendable {
    /// Under which project and user writes before 1.8, which name none, are filed.
    public var placeholderProject = "00000000-0000-0000-0000-000000000000"
    public var placeholderUser = "00000000-0000-0000-0000-000000000000"
    /// Which candidates count as the same.
    public var folding = Folding.none
    /// In which order a limited search takes the trees.
    public var visits = Visits.breadthFirst
    /// Whether a limited answer is a sample by chance of all there is, and the whole answer in an order of chance.
    public var randomizesCandidates = false
    /// Steps that one search may take.
    public var searchBudget = CandidateRequest.defaultBudget
    /// The most candidates one answer holds, whatever its `limit`; nil is none.
    public var mostCandidates: Int?

    public init() {}
}
