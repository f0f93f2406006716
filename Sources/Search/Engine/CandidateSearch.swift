/// Finds where a request fits.
///
/// Trees are taken breadth first unless the request says otherwise: each tree's first candidate comes before any tree's
/// second, so that a limited answer spreads over hosts. The columns of the index rule out most trees; the rest are walked. One
/// that is hard is put off until the others had their turn, so that it does not use up what would have found theirs.
public struct CandidateSearch: Sendable {
    public let request: CandidateRequest

    public init(_ request: CandidateRequest) {
        self.request = request
    }

    public func run(in index: PlacementIndex) -> CandidateSet {
        guard request.limit.map({ $0 > 0 }) ?? true, let plan = Plan(request, index), !plan.wants.isEmpty else {
            return CandidateSet(wants: [])
        }
        var run = SearchRun(plan, index, request)
        run.firstRound()
        run.putOffRounds()
        run.laterRounds()
        return run.found
    }
}
