/// One search under way.
struct SearchRun {
    let plan: Plan
    let index: PlacementIndex
    let limit: Int
    let budget: Int
    let isDepthFirst: Bool
    var found: CandidateSet
    /// Steps that one tree may take before its turn is over.
    private var share: Int
    private var walk: TreeWalk
    /// Trees whose turn was over before anything was found.
    private var putOff: [Int] = []
    /// Trees whose first candidate was found, in order.
    private var fruitful: [Int] = []
    /// Walks that stand amid a tree with very many candidates.
    private var waiting: [TreeWalk] = []
    /// Candidates of sharing providers alone, which several anchors propose alike.
    var unanchored: Set<[ProviderReference]> = []

    private static let leastShare = 256

    init(_ plan: Plan, _ index: PlacementIndex, _ request: CandidateRequest) {
        self.plan = plan
        self.index = index
        limit = request.limit ?? .max
        budget = request.budget
        isDepthFirst = request.visits == .depthFirst
        found = CandidateSet(wants: plan.wants)
        walk = TreeWalk(plan, index, bound: request.budget)
        share = max(Self.leastShare, request.budget / (2 * max(1, index.treeCount)))
    }

    /// Each tree's first candidate; all of it where no tree need wait for another.
    mutating func firstRound() {
        var filter = TreeFilter(plan, index)
        while let slot = filter.next() {
            found.visitedTrees += 1
            look(at: slot)
            if isOver { return }
        }
    }

    /// The trees that took longer than their share, with a larger one each time.
    mutating func putOffRounds() {
        while !putOff.isEmpty, !isOver {
            share *= 8
            let slots = putOff
            putOff = []
            for slot in slots {
                look(at: slot)
                if isOver { return }
            }
        }
    }

    private var isOver: Bool { found.ending != .complete }

    private mutating func look(at slot: Int) {
        guard let tree = index.trees[slot] else { return }
        let bound = min(budget, found.steps &+ share)
        let succeeds = walk.begin(tree, slot: slot, steps: found.steps, bound: bound) && walk.next()
        found.steps = walk.steps
        guard succeeds else {
            if walk.isExhausted { putOff.append(slot) }
            if found.steps > budget { found.ending = .budgetExhausted }
            return
        }
        take(walk)
        if isFull() { return }
        guard limit == .max || isDepthFirst else {
            fruitful.append(slot)
            return
        }
        let most = isDepthFirst ? Int.max : found.count + Self.mostAtOnce
        while found.count < limit, goOn() {
            take(walk)
            if found.count >= most {
                // So many that others must not wait for the rest.
                waiting.append(walk)
                walk = TreeWalk(plan, index, bound: budget)
                return
            }
        }
        if !isOver { _ = isFull() }
    }

    private static let mostAtOnce = 1000

    /// Each round takes one more candidate of each tree that has one.
    mutating func laterRounds() {
        guard !isOver else { return }
        var walks = waiting
        waiting = []
        for slot in fruitful {
            guard var walk = resumed(slot) else { return }
            if advance(&walk) {
                take(walk)
                if isFull() { return }
                walks.append(walk)
            }
            if isOver { return }
        }
        while !walks.isEmpty {
            var index = 0
            while index < walks.count {
                if advance(&walks[index]) {
                    take(walks[index])
                    if isFull() { return }
                    index += 1
                } else {
                    if isOver { return }
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
        var walk = TreeWalk(plan, index, bound: budget)
        let isReady = walk.begin(tree, slot: slot, steps: found.steps, bound: budget) && walk.next()
        found.steps = walk.steps
        if !isReady { found.ending = .budgetExhausted }
        return isReady ? walk : nil
    }

    /// The next candidate of the tree that `walk` is in.
    private mutating func goOn() -> Bool {
        walk.resume(at: found.steps, bound: budget)
        return follow(walk.next(), walk.steps, walk.isExhausted)
    }

    private mutating func advance(_ walk: inout TreeWalk) -> Bool {
        walk.resume(at: found.steps, bound: budget)
        return follow(walk.next(), walk.steps, walk.isExhausted)
    }

    private mutating func follow(_ isMore: Bool, _ steps: Int, _ isExhausted: Bool) -> Bool {
        found.steps = steps
        if isExhausted { found.ending = .budgetExhausted }
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
