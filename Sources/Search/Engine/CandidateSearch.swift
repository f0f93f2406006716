/// Finds where a request fits.
///
/// Trees are taken breadth first unless the request says otherwise: each tree's first candidate comes before any tree's second, so that a limited answer
/// spreads over hosts. The columns of the index rule out most trees; the rest are walked.
public struct CandidateSearch: Sendable {
    public let request: CandidateRequest

    public init(_ request: CandidateRequest) {
        self.request = request
    }

    public func run(in index: PlacementIndex) -> CandidateSet {
        guard request.limit.map({ $0 > 0 }) ?? true, let plan = Plan(request, index), !plan.wants.isEmpty else {
            return CandidateSet(wants: [])
        }
        var run = Run(plan, index, request)
        run.firstRound()
        run.laterRounds()
        return run.found
    }
}

/// One search under way.
private struct Run {
    let plan: Plan
    let index: PlacementIndex
    let limit: Int
    let budget: Int
    let isDepthFirst: Bool
    var found: CandidateSet
    /// Trees whose first candidate was found, in order.
    var fruitful: [Int] = []
    /// Candidates of sharing providers alone, which several anchors propose alike.
    var unanchored: Set<[ProviderReference]> = []

    init(_ plan: Plan, _ index: PlacementIndex, _ request: CandidateRequest) {
        self.plan = plan
        self.index = index
        limit = request.limit ?? .max
        budget = request.budget
        isDepthFirst = request.visits == .depthFirst
        found = CandidateSet(wants: plan.wants)
    }

    mutating func firstRound() {
        var filter = TreeFilter(plan, index)
        var walk = TreeWalk(plan, index, budget: budget)
        while let slot = filter.next() {
            guard let tree = index.trees[slot] else { continue }
            found.visitedTrees += 1
            let begins = walk.begin(tree, slot: slot, steps: found.steps)
            let succeeds = begins && walk.next()
            found.steps = walk.steps
            if succeeds {
                take(walk)
                if limit == .max || isDepthFirst {
                    // No tree need wait for another.
                    while found.count < limit, advance(&walk) { take(walk) }
                    if found.ending != .complete || isFull() { return }
                    continue
                }
                fruitful.append(slot)
                if found.count >= limit {
                    found.ending = .limitReached
                    return
                }
            }
            if walk.isExhausted || found.steps > budget {
                found.ending = .budgetExhausted
                return
            }
        }
    }

    /// Each round takes one more candidate of each tree that has one.
    mutating func laterRounds() {
        guard found.ending == .complete, limit != .max, !isDepthFirst else { return }
        var walks: [TreeWalk] = []
        for slot in fruitful {
            guard var walk = resumed(slot) else { return }
            if advance(&walk) {
                take(walk)
                if isFull() { return }
                walks.append(walk)
            }
            if found.ending != .complete { return }
        }
        while !walks.isEmpty {
            var index = 0
            while index < walks.count {
                if advance(&walks[index]) {
                    take(walks[index])
                    if isFull() { return }
                    index += 1
                } else {
                    if found.ending != .complete { return }
                    walks.remove(at: index)
                }
            }
        }
    }

    private mutating func isFull() -> Bool {
        if found.count >= limit { found.ending = .limitReached }
        return found.count >= limit
    }

    /// A walk of its own that stands on the tree's first candidate.
    private mutating func resumed(_ slot: Int) -> TreeWalk? {
        guard let tree = index.trees[slot] else { return nil }
        var walk = TreeWalk(plan, index, budget: budget)
        let isReady = walk.begin(tree, slot: slot, steps: found.steps) && walk.next()
        found.steps = walk.steps
        if !isReady { found.ending = .budgetExhausted }
        return isReady ? walk : nil
    }

    private mutating func advance(_ walk: inout TreeWalk) -> Bool {
        walk.resume(at: found.steps)
        let isMore = walk.next()
        found.steps = walk.steps
        if walk.isExhausted { found.ending = .budgetExhausted }
        return isMore
    }

    private mutating func take(_ walk: TreeWalk) {
        let start = found.picks.count
        for want in plan.wants.indices { found.picks.append(walk.provider(of: want)) }
        if !index.sharing.isEmpty, !walk.isAnchored, !unanchored.insert(identity(found.picks[start...])).inserted {
            found.picks.removeSubrange(start...)
            return
        }
        found.count += 1
        // To write a candidate costs about as much as so many steps: a request whose answer explodes ends, too.
        found.steps &+= Self.stepsPerPick * plan.wants.count
    }

    private static let stepsPerPick = 4

    /// The picks, those of equal wants in a fixed order where the request does not tell them apart.
    private func identity(_ picks: ArraySlice<ProviderReference>) -> [ProviderReference] {
        var picks = Array(picks)
        guard plan.folding != .none else { return picks }
        var first = 0
        while first < picks.count {
            var end = first + 1
            while end < picks.count, plan.isSameKindAsPrevious(end) { end += 1 }
            picks[first..<end].sort { ($0.slot, $0.position) < ($1.slot, $1.position) }
            first = end
        }
        return picks
    }
}
