import Model

/// Lists the candidates of one anchor tree, one a call.
///
/// Backtracking over wants. A want is assigned not to a provider but to a *place*, a set of interchangeable providers,
/// and a slot in it: a slot that an earlier want opened, or the next new one. So equal devices cost as much as one.
/// Every such pattern then stands for the assignments that differ only in which device fills which slot; they are
/// unrolled one by one, as far as the folding wants them and the caller asks.
///
/// Most trees serve at once or not at all. Where many tries fail the walk becomes *careful*: after each assignment it asks
/// whether the rest can still be served (`mayComplete`), and takes the want next that has the fewest ways left.
struct TreeWalk {
    /// A set of interchangeable providers; one from another tree (a sharing provider) stands alone.
    struct Place {
        let slot: Int
        /// Which of `trees`: 0 is the anchor.
        let tree: Int
        /// The first member, or where the members begin among the tree's twins.
        let first: Int
        let count: Int
        /// The number of its first slot; the others follow.
        let firstSlot: Int
    }

    /// Where a want stands in the backtracking.
    struct Choice {
        /// The want's options: `options[first ..< end]`.
        var first = 0
        var end = 0
        /// What is tried next.
        var option = 0
        var nextSlot = 0
        /// What is assigned.
        var place = 0
        var slot = 0
        var opensSlot = false
        var isAssigned = false
        /// The want that was assigned to the same slot before; -1 where there is none.
        var before = -1
    }

    let plan: Plan
    let index: PlacementIndex
    var steps = 0
    /// Steps until which this tree is searched.
    private var bound: Int
    private(set) var isExhausted = false

    /// Held while their tables are read.
    var held: ContiguousArray<IndexedTree> = []
    var trees: ContiguousArray<TreeTables> = []
    let demands: Demands.Rows
    var places: ContiguousArray<Place> = []
    var opened: ContiguousArray<Int> = []
    /// By slot, the want that was assigned last; -1 where there is none.
    var latest: ContiguousArray<Int> = []
    /// Places that serve a want, want after want.
    var options: ContiguousArray<Int> = []
    var choices: ContiguousArray<Choice>
    /// The wants in the order in which they are assigned: the first `depth` are.
    var sequence: ContiguousArray<Int>
    var depth = 0
    /// By subtree rule, how many members are not assigned.
    var rulesLeft: ContiguousArray<Int> = []
    /// How many wants of the group without a suffix are not assigned.
    var plainLeft = 0

    private var hasBegun = false
    private var unrolling: SlotUnrolling?
    private var seenPatterns: Set<[Int]> = []
    private(set) var foldsWants: Bool
    private let hasEqualWants: Bool

    private var hasFound = false

    /// Where given, the want is served only by the place of this number.
    var restriction: (want: Int, place: Int)?
    private var isCareful = false
    /// So many steps without a candidate make it so.
    private var patience = 0
    var outlook = Outlook()

    init(_ plan: Plan, _ index: PlacementIndex, bound: Int) {
        self.plan = plan
        self.index = index
        self.bound = bound
        demands = plan.demands.rows
        choices = ContiguousArray(repeating: Choice(), count: plan.wants.count)
        sequence = ContiguousArray(plan.wants.indices)
        hasEqualWants = plan.wants.indices.contains { plan.isSameKindAsPrevious($0) }
        foldsWants = plan.folding != .none
    }

    /// Makes ready for the tree in `slot`. Answers false when it cannot serve.
    mutating func begin(_ tree: IndexedTree, slot: Int, steps: Int, bound: Int) -> Bool {
        self.steps = steps
        self.bound = bound
        isExhausted = false
        isCareful = false
        hasFound = false
        let tables = tree.tables
        for bit in demands.rootRequired where !tables.has(bit, 0) { return false }
        for bit in demands.rootForbidden where tables.has(bit, 0) { return false }
        collectPlaces(tree, slot)
        options.removeAll(keepingCapacity: true)
        for want in demands.order where !collectOptions(want, tables, slot) { return false }
        rewind()
        patience = self.steps + 64 + 8 * choices.count
        if plan.isIsolated, !matchesAtOnce() { return becomeCareful() }
        return true
    }

    /// Goes on from `steps`, which other walks of the same search have taken, up to `bound`.
    mutating func resume(at steps: Int, bound: Int) {
        self.steps = steps
        self.bound = bound
        isExhausted = false
        patience = steps + 64 + 8 * choices.count
    }

    /// Back to where nothing is assigned.
    private mutating func rewind() {
        hasBegun = false
        depth = 0
        unrolling = nil
        if hasEqualWants { seenPatterns.removeAll(keepingCapacity: true) }
        opened.removeAll(keepingCapacity: true)
        opened.append(contentsOf: repeatElement(0, count: places.count))
        latest.removeAll(keepingCapacity: true)
        latest.append(contentsOf: repeatElement(-1, count: places.last.map { $0.firstSlot + $0.count } ?? 0))
        rulesLeft.removeAll(keepingCapacity: true)
        for rule in demands.rules { rulesLeft.append(rule.members.count) }
        plainLeft = plan.unsuffixedCount
        for want in choices.indices {
            choices[want].isAssigned = false
            sequence[want] = want
        }
    }

    /// From now on looks ahead, from the start. Answers false where it sees that nothing can be found.
    private mutating func becomeCareful() -> Bool {
        isCareful = true
        rewind()
        outlook.prepare(slots: latest.count, wants: choices.count)
        guard mayComplete() else { return false }
        guard plan.folding == .none, hasEqualWants else { return true }
        // Whether there is anything at all is asked with equal wants folded: else a no would take every order of them.
        foldsWants = true
        let isAnything = nextPattern()
        foldsWants = false
        rewind()
        return isAnything
    }

    /// The next candidate's provider for `want`; valid after `next` answered true.
    func provider(of want: Int) -> ProviderReference {
        let choice = choices[want]
        let member = unrolling?.member(place: choice.place, slot: choice.slot) ?? choice.slot
        return ProviderReference(slot: places[choice.place].slot, position: position(choice.place, member))
    }

    /// Whether some provider of the candidate belongs to the anchor tree without being shared with others.
    var isAnchored: Bool {
        choices.contains { choice in !trees[places[choice.place].tree].nodes[position(choice.place, 0)].isSharing }
    }

    mutating func next() -> Bool {
        if unrolling != nil {
            guard steps <= bound else {
                isExhausted = true
                return false
            }
            if unrolling?.advance() == true { return true }
            unrolling = nil
        }
        while nextPattern() {
            if foldsWants, hasEqualWants {
                steps &+= choices.count
                if !seenPatterns.insert(patternKey()).inserted { continue }
            }
            if plan.folding != .equalDevices { unrolling = unrollingOfPattern() }
            patience = steps + 64 + 8 * choices.count
            hasFound = true
            return true
        }
        return false
    }

    func position(_ place: Int, _ member: Int) -> Int {
        let place = places[place]
        return place.count == 1 ? place.first : trees[place.tree].twinMembers[place.first + member]
    }

    /// Advances the backtracking to the next complete assignment of wants to slots of places.
    private mutating func nextPattern() -> Bool {
        let count = choices.count
        if hasBegun {
            takeBack()
        } else {
            hasBegun = true
            start()
        }
        while true {
            if assign(sequence[depth]) {
                if depth == count { return true }
                if isCareful, !mayComplete() {
                    takeBack()
                } else {
                    start()
                }
            } else {
                if depth == 0 || isExhausted { return false }
                takeBack()
            }
            guard steps > patience, !isCareful else { continue }
            if hasFound {
                isCareful = true
                outlook.prepare(slots: latest.count, wants: choices.count)
            } else {
                guard becomeCareful() else { return false }
                hasBegun = true
                start()
            }
        }
    }

    /// Chooses which want is assigned at this depth, and begins with its first option.
    private mutating func start() {
        if isCareful { sequence.swapAt(depth, mostConstrained()) }
        let want = sequence[depth]
        if foldsWants, hasEqualWants, plan.isSameKindAsPrevious(want) {
            // Equal wants are taken in the order of their places and slots.
            let previous = choices[want - 1]
            choices[want].option = previous.option - previous.first + choices[want].first
            choices[want].nextSlot = previous.slot
        } else {
            choices[want].option = choices[want].first
            choices[want].nextSlot = 0
        }
    }

    private mutating func assign(_ want: Int) -> Bool {
        var choice = choices[want]
        while choice.option < choice.end {
            choice.place = options[choice.option]
            let opened = opened[choice.place]
            let last = min(opened, places[choice.place].count - 1)
            while choice.nextSlot <= last {
                choice.slot = choice.nextSlot
                choice.nextSlot += 1
                steps &+= 1
                if steps > bound {
                    isExhausted = true
                    return false
                }
                choice.opensSlot = choice.slot == opened
                choices[want] = choice
                if fits(want, choice) {
                    put(want)
                    return true
                }
            }
            choice.option += 1
            choice.nextSlot = 0
        }
        return false
    }

    private mutating func put(_ want: Int) {
        let choice = choices[want]
        let slot = places[choice.place].firstSlot + choice.slot
        choices[want].isAssigned = true
        choices[want].before = latest[slot]
        latest[slot] = want
        if choice.opensSlot { opened[choice.place] += 1 }
        for rule in demands.demands[want].rules { rulesLeft[demands.rulesOfWants[rule]] -= 1 }
        if want < plan.unsuffixedCount { plainLeft -= 1 }
        depth += 1
    }

    /// Takes the assignment back that was made last.
    private mutating func takeBack() {
        depth -= 1
        let want = sequence[depth]
        let choice = choices[want]
        latest[places[choice.place].firstSlot + choice.slot] = choice.before
        choices[want].isAssigned = false
        if choice.opensSlot { opened[choice.place] -= 1 }
        for rule in demands.demands[want].rules { rulesLeft[demands.rulesOfWants[rule]] += 1 }
        if want < plan.unsuffixedCount { plainLeft += 1 }
    }

    /// Whether each isolated want finds a free slot when all simply take the first: most often so, and found out without
    /// making anything.
    private mutating func matchesAtOnce() -> Bool {
        guard choices.count - plan.unsuffixedCount > 1 else { return true }
        defer { for place in opened.indices { opened[place] = 0 } }
        for want in plan.unsuffixedCount..<choices.count {
            steps &+= 1
            var isPlaced = false
            for option in choices[want].first..<choices[want].end {
                let place = options[option]
                if opened[place] < places[place].count {
                    opened[place] += 1
                    isPlaced = true
                    break
                }
            }
            if !isPlaced { return false }
        }
        return true
    }
}
