import Model

/// An explanation under way. All of it goes by passes over the trees, each with some constraints given up; what a pass
/// costs is taken from the allowance, and where that ends the rest is left out.
struct ExplanationWork {
    let request: CandidateRequest
    let index: PlacementIndex
    let constraints: [RequestConstraint]
    let misses: Int
    var allowance: Allowance
    var isComplete = true

    /// Sets of the least size that help, by the places of their constraints, with how many trees they help.
    private var helping: [(set: [Int], anchors: Int)] = []
    /// By tree, the sets of its least size.
    var sets: [Int: [[Int]]] = [:]
    /// What passes with one constraint given up found.
    private var single: [[Int]?] = []

    init(_ request: CandidateRequest, _ index: PlacementIndex, _ misses: Int, _ allowance: Allowance) {
        self.request = request
        self.index = index
        self.misses = misses
        self.allowance = allowance
        constraints = request.constraints
    }

    /// Takes part of the allowance; false where it is over.
    mutating func use(_ steps: Int) -> Bool {
        allowance.use(steps)
        if allowance.isOver { isComplete = false }
        return !allowance.isOver
    }

    /// What making a plan costs, in steps.
    var planCost: Int { 300 + 40 * constraints.count + constraints.count * constraints.count / 8 }

    /// Steps that one tree may take of a pass.
    static let share = 50_000

    /// The trees that serve, by slot, when these constraints are given up.
    mutating func anchors(without set: [Int]) -> [Int] {
        anchors(of: request.without(Set(set.map { constraints[$0] })))
    }

    private mutating func anchors(of request: CandidateRequest) -> [Int] {
        guard use(planCost + index.treeCount / 4), let plan = Plan(request, index) else { return [] }
        var filter = TreeFilter(plan, index)
        var walk = TreeWalk(plan, index, bound: 0)
        var found: [Int] = []
        while let slot = filter.next() {
            guard let tree = index.trees[slot] else { continue }
            if serves(tree, slot, &walk) { found.append(slot) }
            guard use(walk.steps + 8) else { break }
        }
        return found
    }

    /// Whether the walk finds anything in the tree.
    mutating func serves(_ tree: IndexedTree, _ slot: Int, _ walk: inout TreeWalk) -> Bool {
        // Asking for nothing, every tree will do whose root may.
        let isFound =
            walk.begin(tree, slot: slot, steps: 0, bound: min(Self.share, allowance.steps))
            && (walk.plan.wants.isEmpty || walk.next())
        if walk.isExhausted { isComplete = false }
        return isFound
    }

    mutating func costs(fitting: Int) -> [Explanation.Cost] {
        let total = index.treeCount
        for place in constraints.indices {
            let found = anchors(without: [place])
            single.append(allowance.isOver ? nil : found)
        }
        return constraints.indices.map { place in
            let alone = allowance.isOver ? 0 : anchors(of: request.only(constraints[place])).count
            return Explanation.Cost(
                constraint: constraints[place], removedAlone: allowance.isOver ? nil : total - alone,
                removedLast: single[place].map { $0.count - fitting })
        }
    }

    /// Looks for the smallest sets of constraints without which trees serve, until enough trees have one.
    mutating func relax() {
        for size in 1...Explanation.largestRelaxation where size <= constraints.count {
            let known = Set(sets.keys)
            let isFirst = known.isEmpty
            var set = Array(0..<size)
            repeat {
                let found = size == 1 ? single[set[0]] ?? [] : anchors(without: set)
                if allowance.isOver { return }
                if isFirst, !found.isEmpty { helping.append((set, found.count)) }
                for slot in found where !known.contains(slot) {
                    guard use(2 + size) else { return }
                    sets[slot, default: []].append(set)
                }
            } while Self.advance(&set, constraints.count)
            if sets.count >= misses { return }
        }
    }

    /// The next of all sets of so many of `count` numbers.
    private static func advance(_ set: inout [Int], _ count: Int) -> Bool {
        for place in set.indices.reversed() where set[place] < count - set.count + place {
            set[place] += 1
            for later in set.indices where later > place { set[later] = set[later - 1] + 1 }
            return true
        }
        return false
    }

    mutating func relaxations(listing most: Int) -> [Explanation.Relaxation] {
        if helping.count > most { isComplete = false }
        return helping.prefix(most).map { set, anchors in
            var relaxation = Explanation.Relaxation(dropped: set.map { constraints[$0] }, anchors: anchors, amount: nil)
            if set.count == 1, case .resource = constraints[set[0]] {
                let slots = sets.keys.filter { sets[$0]?.contains(set) ?? false }
                    .map { (slot: $0, ceiling: ceiling(set[0], $0)) }
                    .sorted { ($1.ceiling, $0.slot) < ($0.ceiling, $1.slot) }
                var best = 0
                for (slot, ceiling) in slots where !allowance.isOver && best < ceiling {
                    best = max(best, self.best(set[0], set, slot))
                }
                relaxation.amount = best > 0 ? best : nil
            }
            return relaxation
        }
    }
}
