import Model

/// Lists the candidates of one anchor tree, one a call.
///
/// Backtracking over wants. A want is assigned not to a provider but to a *place*, a set of interchangeable providers,
/// and a slot in it: a slot that an earlier want opened, or the next new one. So equal devices cost as much as one.
/// Every such pattern then stands for the assignments that differ only in which device fills which slot; they are
/// unrolled one by one, as far as the folding wants them and the caller asks.
struct TreeWalk {
    /// A set of interchangeable providers; one from another tree (a sharing provider) stands alone.
    struct Place {
        let slot: Int
        /// Which of `trees`: 0 is the anchor.
        let tree: Int
        /// The first member, or where the members begin among the tree's twins.
        let first: Int
        let count: Int
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
    }

    let plan: Plan
    private let index: PlacementIndex
    private(set) var steps = 0
    private let budget: Int
    private(set) var isExhausted = false

    /// Held while their tables are read.
    private var held: ContiguousArray<IndexedTree> = []
    private var trees: ContiguousArray<TreeTables> = []
    private let demands: Demands.Rows
    private(set) var places: ContiguousArray<Place> = []
    private(set) var opened: ContiguousArray<Int> = []
    /// Places that serve a want, want after want.
    private var options: ContiguousArray<Int> = []
    private(set) var choices: ContiguousArray<Choice>

    private var depth = 0
    private var hasBegun = false
    private var unrolling: SlotUnrolling?
    private var seenPatterns: Set<[Int]> = []
    let foldsWants: Bool
    private let hasEqualWants: Bool

    init(_ plan: Plan, _ index: PlacementIndex, budget: Int) {
        self.plan = plan
        self.index = index
        self.budget = budget
        demands = plan.demands.rows
        choices = ContiguousArray(repeating: Choice(), count: plan.wants.count)
        hasEqualWants = plan.wants.indices.contains { plan.isSameKindAsPrevious($0) }
        foldsWants = plan.folding != .none
    }

    /// Makes ready for the tree in `slot`. Answers false when it cannot serve.
    mutating func begin(_ tree: IndexedTree, slot: Int, steps: Int) -> Bool {
        self.steps = steps
        hasBegun = false
        depth = 0
        unrolling = nil
        if hasEqualWants { seenPatterns.removeAll(keepingCapacity: true) }
        let tables = tree.tables
        for bit in demands.rootRequired where !tables.has(bit, 0) { return false }
        for bit in demands.rootForbidden where tables.has(bit, 0) { return false }
        collectPlaces(tree, slot)
        options.removeAll(keepingCapacity: true)
        for want in demands.order where !collectOptions(want, tables, slot) { return false }
        opened.removeAll(keepingCapacity: true)
        opened.append(contentsOf: repeatElement(0, count: places.count))
        return !plan.isIsolated || isMatchable()
    }

    /// Counts on from `steps`, which other walks of the same search have taken.
    mutating func resume(at steps: Int) {
        self.steps = steps
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
            guard steps <= budget else {
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
            return true
        }
        return false
    }

    private func position(_ place: Int, _ member: Int) -> Int {
        let place = places[place]
        return place.count == 1 ? place.first : trees[place.tree].twinMembers[place.first + member]
    }

    private mutating func collectPlaces(_ tree: IndexedTree, _ slot: Int) {
        held.removeAll(keepingCapacity: true)
        trees.removeAll(keepingCapacity: true)
        held.append(tree)
        trees.append(tree.tables)
        let tree = tree.tables
        places.removeAll(keepingCapacity: true)
        for twin in 0..<tree.twinCount {
            let first = tree.twinStarts[twin]
            let count = tree.twinStarts[twin + 1] - first
            places.append(Place(slot: slot, tree: 0, first: count == 1 ? tree.twinMembers[first] : first, count: count))
        }
        for reference in index.sharing where reference.slot != slot {
            guard let other = index.trees[reference.slot] else { continue }
            let shared = other.tables
            let groups = shared.nodes[reference.position].aggregates
            if groups.contains(where: { tree.aggregates.contains(shared.aggregates[$0]) }) {
                places.append(Place(slot: reference.slot, tree: trees.count, first: reference.position, count: 1))
                held.append(other)
                trees.append(shared)
            }
        }
    }

    /// Finds the places that serve `want`. Of the anchor only providers that have its first class are looked at.
    private mutating func collectOptions(_ want: Int, _ tree: TreeTables, _ slot: Int) -> Bool {
        let first = options.count
        let ownPlaces = tree.twinCount
        let demand = demands.demands[want]
        let resourceClass = demand.firstClass
        if resourceClass >= 0 {
            for stock in tree.stocks.indices where tree.stocks[stock].resourceClass == resourceClass {
                let owner = tree.owners[stock]
                let place = tree.twinSets[owner]
                guard tree.twinMembers[tree.twinStarts[place]] == owner else { continue }
                steps &+= 1
                if demands.isServed(want, by: owner, of: tree),
                    demand.isContent
                        || plan.wants[want].admits(owner, of: tree, slot: slot, anchor: tree, anchorSlot: slot)
                {
                    options.append(place)
                }
            }
        } else {
            for place in 0..<ownPlaces {
                steps &+= 1
                let owner = tree.twinMembers[tree.twinStarts[place]]
                if demands.isServed(want, by: owner, of: tree),
                    demand.isContent
                        || plan.wants[want].admits(owner, of: tree, slot: slot, anchor: tree, anchorSlot: slot)
                {
                    options.append(place)
                }
            }
        }
        for place in ownPlaces..<places.count {
            steps &+= 1
            let shared = places[place]
            if demands.isServed(want, by: shared.first, of: trees[shared.tree]),
                demand.isContent
                    || plan.wants[want].admits(
                        shared.first, of: trees[shared.tree], slot: shared.slot, anchor: tree, anchorSlot: slot)
            {
                options.append(place)
            }
        }
        choices[want].first = first
        choices[want].end = options.count
        return options.count > first
    }

    /// Advances the backtracking to the next complete assignment of wants to slots of places.
    private mutating func nextPattern() -> Bool {
        let count = choices.count
        if hasBegun {
            depth = count - 1
            undo(depth)
        } else {
            hasBegun = true
            start(0)
        }
        while true {
            if assign(depth) {
                depth += 1
                if depth == count { return true }
                start(depth)
            } else {
                if depth == 0 || isExhausted { return false }
                depth -= 1
                undo(depth)
            }
        }
    }

    private mutating func start(_ want: Int) {
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

    private mutating func undo(_ want: Int) {
        if choices[want].opensSlot { opened[choices[want].place] -= 1 }
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
                if steps > budget {
                    isExhausted = true
                    return false
                }
                choice.opensSlot = choice.slot == opened
                choices[want] = choice
                if fits(want, choice) {
                    if choice.opensSlot { self.opened[choice.place] += 1 }
                    return true
                }
            }
            choice.option += 1
            choice.nextSlot = 0
        }
        return false
    }

    private func fits(_ want: Int, _ choice: Choice) -> Bool {
        let isApart = plan.isIsolated && want >= plan.unsuffixedCount
        if isApart || !plan.isNested {
            let home = places[choice.place].slot
            for earlier in 0..<want {
                let other = choices[earlier]
                let isSame = other.place == choice.place && other.slot == choice.slot
                if isSame, isApart, earlier >= plan.unsuffixedCount { return false }
                if !isSame, !plan.isNested, places[other.place].slot == home { return false }
            }
        }
        if !choice.opensSlot, !sumsFit(want, choice) { return false }
        if want == plan.unsuffixedCount - 1, !plan.unionRequired.isEmpty, !unionSatisfies() { return false }
        for rule in demands.rules where rule.last == want && !holds(rule.members) { return false }
        return true
    }

    /// Whether what all wants take of one provider together still fits. Smallest unit and step bind each one alone.
    private func sumsFit(_ want: Int, _ choice: Choice) -> Bool {
        for index in demands.demands[want].amounts {
            let amount = demands.amounts[index]
            var sum = amount.amount
            var isAlone = true
            for earlier in 0..<want
            where choices[earlier].place == choice.place && choices[earlier].slot == choice.slot {
                for other in demands.demands[earlier].amounts
                where demands.amounts[other].resourceClass == amount.resourceClass {
                    sum += demands.amounts[other].amount
                    isAlone = false
                }
            }
            if isAlone { continue }
            let tree = trees[places[choice.place].tree]
            guard let stock = tree.stock(of: position(choice.place, choice.slot), amount.resourceClass),
                sum <= stock.free, sum <= stock.inventory.maxUnit
            else { return false }
        }
        return true
    }

    private func unionSatisfies() -> Bool {
        for term in plan.unionRequired {
            let isMet = (0..<plan.unsuffixedCount).contains { want in
                let position = position(choices[want].place, choices[want].slot)
                let tree = trees[places[choices[want].place].tree]
                return term.contains { tree.has($0, position) }
            }
            if !isMet { return false }
        }
        return true
    }

    /// Whether one of the rule's providers lies above, or is, all of them.
    private func holds(_ members: Range<Int>) -> Bool {
        for top in members {
            let above = choices[demands.ruleMembers[top]]
            let ancestor = position(above.place, above.slot)
            let home = places[above.place]
            let end = trees[home.tree].nodes[ancestor].end
            var isAbove = true
            for below in members {
                let choice = choices[demands.ruleMembers[below]]
                let position = position(choice.place, choice.slot)
                if places[choice.place].slot != home.slot || position < ancestor || position >= end {
                    isAbove = false
                    break
                }
            }
            if isAbove { return true }
        }
        return false
    }

    /// Whether isolated groups can each have a provider at all: a matching of wants to slots, grown by augmenting
    /// paths. Without it a request for one device too many would try every order before giving up.
    private mutating func isMatchable() -> Bool {
        guard choices.count - plan.unsuffixedCount > 1 else { return true }
        if matchesAtOnce() { return true }
        var holders: [[Int]] = Array(repeating: [], count: places.count)
        func augment(_ want: Int, _ visited: inout [Bool]) -> Bool {
            for option in choices[want].first..<choices[want].end {
                let place = options[option]
                if visited[place] { continue }
                visited[place] = true
                if holders[place].count < places[place].count {
                    holders[place].append(want)
                    return true
                }
                for index in holders[place].indices where augment(holders[place][index], &visited) {
                    holders[place][index] = want
                    return true
                }
            }
            return false
        }
        for want in plan.unsuffixedCount..<choices.count {
            var visited = Array(repeating: false, count: places.count)
            steps &+= places.count
            if !augment(want, &visited) { return false }
        }
        return true
    }

    /// Whether each isolated want finds a free slot when all simply take the first: most often so, and found out without
    /// making anything.
    private mutating func matchesAtOnce() -> Bool {
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
