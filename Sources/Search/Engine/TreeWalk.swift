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
        let tree: IndexedTree
        let first: Int
        let count: Int

        func position(_ member: Int) -> Int { count == 1 ? first : tree.twinMembers[first + member] }
    }

    private let plan: Plan
    private let index: PlacementIndex
    private(set) var steps = 0
    private let budget: Int
    private(set) var isExhausted = false

    private var places: ContiguousArray<Place> = []
    private var opened: ContiguousArray<Int> = []
    /// Places that serve a want: `options[optionStarts[want] ..< optionStarts[want + 1]]`.
    private var options: ContiguousArray<Int> = []
    private var optionStarts: ContiguousArray<Int> = []

    private var depth = 0
    private var hasBegun = false
    private var optionCursor: ContiguousArray<Int>
    private var slotCursor: ContiguousArray<Int>
    private var placeOf: ContiguousArray<Int>
    private var slotOf: ContiguousArray<Int>
    private var opensSlot: ContiguousArray<Bool>

    private var unrolling: SlotUnrolling?
    private var seenPatterns: Set<[Int]> = []
    private let foldsWants: Bool
    private let hasEqualWants: Bool

    init(_ plan: Plan, _ index: PlacementIndex, budget: Int) {
        self.plan = plan
        self.index = index
        self.budget = budget
        let count = plan.wants.count
        optionCursor = ContiguousArray(repeating: 0, count: count)
        slotCursor = optionCursor
        placeOf = optionCursor
        slotOf = optionCursor
        opensSlot = ContiguousArray(repeating: false, count: count)
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
        for bit in plan.rootRequired where !tree.has(bit, 0) { return false }
        for bit in plan.rootForbidden where tree.has(bit, 0) { return false }
        collectPlaces(tree, slot)
        options.removeAll(keepingCapacity: true)
        optionStarts.removeAll(keepingCapacity: true)
        for want in plan.wants {
            optionStarts.append(options.count)
            let before = options.count
            for place in places.indices {
                self.steps &+= 1
                if want.isServed(
                    by: places[place].position(0), of: places[place].tree, slot: places[place].slot, anchor: tree,
                    anchorSlot: slot)
                {
                    options.append(place)
                }
            }
            if options.count == before { return false }
        }
        optionStarts.append(options.count)
        return !plan.isIsolated || isMatchable()
    }

    /// Counts on from `steps`, which other walks of the same search have taken.
    mutating func resume(at steps: Int) {
        self.steps = steps
    }

    /// The next candidate's provider for `want`; valid after `next` answered true.
    func provider(of want: Int) -> ProviderReference {
        let place = places[placeOf[want]]
        let member = unrolling?.member(place: placeOf[want], slot: slotOf[want]) ?? slotOf[want]
        return ProviderReference(slot: place.slot, position: place.position(member))
    }

    /// Whether some provider of the candidate belongs to the anchor tree without being shared with others.
    var isAnchored: Bool {
        placeOf.contains { place in
            let entry = places[place]
            return !entry.tree.nodes[entry.position(0)].isSharing
        }
    }

    mutating func next() -> Bool {
        if unrolling != nil {
            if unrolling?.advance() == true { return true }
            unrolling = nil
        }
        while nextPattern() {
            if foldsWants, hasEqualWants, !seenPatterns.insert(patternKey()).inserted { continue }
            if plan.folding != .equalDevices { unrolling = unrollingOfPattern() }
            return true
        }
        return false
    }

    private mutating func collectPlaces(_ tree: IndexedTree, _ slot: Int) {
        places.removeAll(keepingCapacity: true)
        for twin in 0..<tree.twinCount {
            let first = tree.twinStarts[twin]
            let count = tree.twinStarts[twin + 1] - first
            places.append(
                Place(slot: slot, tree: tree, first: count == 1 ? tree.twinMembers[first] : first, count: count))
        }
        for reference in index.sharing where reference.slot != slot {
            guard let other = index.trees[reference.slot] else { continue }
            let groups = other.nodes[reference.position].aggregates
            if groups.contains(where: { tree.aggregates.contains(other.aggregates[$0]) }) {
                places.append(Place(slot: reference.slot, tree: other, first: reference.position, count: 1))
            }
        }
        opened.removeAll(keepingCapacity: true)
        opened.append(contentsOf: repeatElement(0, count: places.count))
    }

    /// Advances the backtracking to the next complete assignment of wants to slots of places.
    private mutating func nextPattern() -> Bool {
        let count = plan.wants.count
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
        if foldsWants, plan.isSameKindAsPrevious(want) {
            // Equal wants are taken in the order of their places and slots.
            optionCursor[want] = optionCursor[want - 1] - optionStarts[want - 1] + optionStarts[want]
            slotCursor[want] = slotOf[want - 1]
        } else {
            optionCursor[want] = optionStarts[want]
            slotCursor[want] = 0
        }
    }

    private mutating func undo(_ want: Int) {
        if opensSlot[want] { opened[placeOf[want]] -= 1 }
    }

    private mutating func assign(_ want: Int) -> Bool {
        while optionCursor[want] < optionStarts[want + 1] {
            let place = options[optionCursor[want]]
            let last = min(opened[place], places[place].count - 1)
            while slotCursor[want] <= last {
                let slot = slotCursor[want]
                slotCursor[want] += 1
                steps &+= 1
                if steps > budget {
                    isExhausted = true
                    return false
                }
                placeOf[want] = place
                slotOf[want] = slot
                if fits(want, place, slot) {
                    opensSlot[want] = slot == opened[place]
                    if opensSlot[want] { opened[place] += 1 }
                    return true
                }
            }
            optionCursor[want] += 1
            slotCursor[want] = 0
        }
        return false
    }

    private func fits(_ want: Int, _ place: Int, _ slot: Int) -> Bool {
        let isShared = slot < opened[place]
        let home = places[place].slot
        for earlier in 0..<want {
            let isSame = placeOf[earlier] == place && slotOf[earlier] == slot
            if isSame, plan.isIsolated, plan.wants[want].isSuffixed, plan.wants[earlier].isSuffixed { return false }
            if !isSame, !plan.isNested, places[placeOf[earlier]].slot == home { return false }
        }
        if isShared, !sumsFit(want, place, slot) { return false }
        if want == plan.unsuffixedCount - 1, !unionSatisfies() { return false }
        for rule in plan.sameSubtrees where rule.last == want && !holds(rule) { return false }
        return true
    }

    /// Whether what all wants take of one provider together still fits. Smallest unit and step bind each one alone.
    private func sumsFit(_ want: Int, _ place: Int, _ slot: Int) -> Bool {
        let tree = places[place].tree
        let position = places[place].position(slot)
        for amount in plan.wants[want].amounts {
            var sum = amount.amount
            var isAlone = true
            for earlier in 0..<want where placeOf[earlier] == place && slotOf[earlier] == slot {
                for other in plan.wants[earlier].amounts where other.resourceClass == amount.resourceClass {
                    sum += other.amount
                    isAlone = false
                }
            }
            if isAlone { continue }
            guard let stock = tree.stock(of: position, amount.resourceClass), sum <= stock.free,
                sum <= stock.inventory.maxUnit
            else { return false }
        }
        return true
    }

    private func unionSatisfies() -> Bool {
        for term in plan.unionRequired {
            let isMet = (0..<plan.unsuffixedCount).contains { want in
                let place = places[placeOf[want]]
                let position = place.position(slotOf[want])
                return term.contains { place.tree.has($0, position) }
            }
            if !isMet { return false }
        }
        return true
    }

    /// Whether one of the rule's providers lies above, or is, all of them.
    private func holds(_ rule: Plan.SubtreeRule) -> Bool {
        rule.wants.contains { top in
            let above = places[placeOf[top]]
            let ancestor = above.position(slotOf[top])
            return rule.wants.allSatisfy { below in
                let place = places[placeOf[below]]
                return place.slot == above.slot
                    && above.tree.isAncestor(ancestor, orSelf: place.position(slotOf[below]))
            }
        }
    }

    /// Whether isolated groups can each have a provider at all: a matching of wants to slots, grown by augmenting
    /// paths. Without it a request for one device too many would try every order before giving up.
    private mutating func isMatchable() -> Bool {
        var holders: [[Int]] = Array(repeating: [], count: places.count)
        func augment(_ want: Int, _ visited: inout [Bool]) -> Bool {
            for option in optionStarts[want]..<optionStarts[want + 1] {
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
        guard plan.wants.count - plan.unsuffixedCount > 1 else { return true }
        for want in plan.unsuffixedCount..<plan.wants.count {
            var visited = Array(repeating: false, count: places.count)
            steps &+= places.count
            if !augment(want, &visited) { return false }
        }
        return true
    }

    /// A key equal for patterns that differ only in the order of slots within a place and of equal wants.
    private func patternKey() -> [Int] {
        var key: [Int] = []
        for (place, loads) in loadsByPlace() {
            key.append(-2 - place)
            for load in loads.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                key += load
                key.append(-1)
            }
        }
        return key
    }

    /// For each place in use, the kinds of wants in each of its slots.
    private func loadsByPlace() -> [(place: Int, loads: [[Int]])] {
        var result: [(place: Int, loads: [[Int]])] = []
        for place in opened.indices where opened[place] > 0 {
            var loads = Array(repeating: [Int](), count: opened[place])
            for want in plan.wants.indices where placeOf[want] == place {
                loads[slotOf[want]].append(
                    foldsWants && plan.wants[want].isSuffixed ? plan.wants[want].kind : -10 - want)
            }
            result.append((place, loads))
        }
        return result
    }

    private func unrollingOfPattern() -> SlotUnrolling? {
        guard opened.indices.contains(where: { opened[$0] > 0 && places[$0].count > 1 }) else { return nil }
        var slots: [SlotUnrolling.Slot] = []
        for (place, loads) in loadsByPlace() where places[place].count > 1 {
            let first = slots.count
            for (slot, load) in loads.enumerated() {
                let equal = foldsWants ? (0..<slot).last { loads[$0] == load } : nil
                slots.append(
                    SlotUnrolling.Slot(
                        place: place, slot: slot, size: places[place].count, firstOfPlace: first,
                        after: equal.map { first + $0 }))
            }
        }
        return SlotUnrolling(slots)
    }
}
