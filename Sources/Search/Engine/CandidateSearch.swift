/// Finds where a request fits.
///
/// Trees are searched breadth first unless the request says otherwise: each tree's first candidate comes before any
/// tree's second, so that a limited response covers many hosts. The columns of the index exclude most trees; the others
/// are walked. A hard tree is put off until the others had their turn, so that it does not use up the budget with which
/// they would have been found.
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
