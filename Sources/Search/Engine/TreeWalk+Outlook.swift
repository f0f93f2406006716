/// Looking ahead: whether what is assigned can still become a candidate, as far as that is seen without trying.
extension TreeWalk {
    mutating func mayComplete() -> Bool {
        guard findRegions() else { return false }
        for want in sequence[depth...] where ways(of: want, upTo: 1) == 0 { return false }
        guard canBringTraits() else { return false }
        for contest in plan.contests.indices where !isWinnable(plan.contests[contest]) { return false }
        return true
    }

    /// Where among those not assigned the want stands that should be next.
    mutating func mostConstrained() -> Int {
        if depth > 0 {
            // Equal wants follow one another.
            let next = sequence[depth - 1] + 1
            if next < choices.count, plan.isSameKindAsPrevious(next), !choices[next].isAssigned {
                return sequence[depth...].firstIndex(of: next) ?? depth
            }
        }
        var best = depth
        var least = (urgency: Int.max, ways: Int.max)
        for place in depth..<sequence.count {
            let want = sequence[place]
            if plan.isSameKindAsPrevious(want), !choices[want - 1].isAssigned { continue }
            if want == outlook.soleBringer { return place }
            // The first member of a rule says where the others may be; before that little is seen of it.
            let isFirst = demands.demands[want].rules.contains { rule in
                let number = demands.rulesOfWants[rule]
                return rulesLeft[number] == demands.rules[number].members.count
            }
            let ways = ways(of: want, upTo: least.urgency == 0 || !isFirst ? least.ways : Int.max)
            let urgency = ways <= 1 ? 0 : isFirst ? 1 : 2
            if (urgency, ways) < least {
                least = (urgency, ways)
                best = place
            }
        }
        return best
    }

    /// How many slots the want may have, counted up to `most`. Equal new ones count once.
    private mutating func ways(of want: Int, upTo most: Int) -> Int {
        var ways = 0
        for option in choices[want].first..<choices[want].end {
            let place = options[option]
            for slot in 0...opened[place] where slot < places[place].count && mayTake(want, place, slot) {
                ways += 1
                if ways >= most { return ways }
            }
        }
        return ways
    }

    /// Whether the want, one of the place's own, may have the slot after what is assigned.
    mutating func mayTake(_ want: Int, _ place: Int, _ slot: Int) -> Bool {
        steps &+= 1
        for rule in demands.demands[want].rules {
            let region = outlook.regions[demands.rulesOfWants[rule]]
            guard region.tree < 0 || (region.tree == places[place].tree && region.positions ~= position(place, slot))
            else { return false }
        }
        if slot < opened[place] {
            if isApart(want), isHeldApart(place, slot) { return false }
            if !sumsFit(want, place, slot) { return false }
        }
        return plan.isNested || isOnlyOneOfTree(place, slot)
    }

    /// Of each rule of which a member is assigned: the largest subtree whose top a member can be.
    private mutating func findRegions() -> Bool {
        outlook.regions.removeAll(keepingCapacity: true)
        for rule in demands.rules.indices {
            let members = demands.rules[rule].members
            guard rulesLeft[rule] < members.count, rulesLeft[rule] > 0 else {
                outlook.regions.append(Outlook.Region())
                continue
            }
            guard let region = region(of: members) else { return false }
            outlook.regions.append(region)
        }
        return true
    }

    private mutating func region(of members: Range<Int>) -> Outlook.Region? {
        var number = -1
        var (lowest, highest) = (Int.max, -1)
        for member in members {
            let choice = choices[demands.ruleMembers[member]]
            guard choice.isAssigned else { continue }
            let home = places[choice.place].tree
            guard number < 0 || number == home else { return nil }
            number = home
            let position = position(choice.place, choice.slot)
            (lowest, highest) = (min(lowest, position), max(highest, position))
        }
        let tree = trees[number]
        var top = lowest
        var best = -1
        while top >= 0 {
            if tree.nodes[top].end > highest, canBeTop(top, number, members) { best = top }
            top = tree.nodes[top].parent
        }
        return best < 0 ? nil : Outlook.Region(tree: number, positions: best..<tree.nodes[best].end)
    }

    /// Whether a member is there, or may come.
    private mutating func canBeTop(_ top: Int, _ tree: Int, _ members: Range<Int>) -> Bool {
        for member in members {
            let choice = choices[demands.ruleMembers[member]]
            steps &+= 1
            if choice.isAssigned {
                if places[choice.place].tree == tree, position(choice.place, choice.slot) == top { return true }
                continue
            }
            for option in choice.first..<choice.end {
                let place = places[options[option]]
                steps &+= 1
                guard place.tree == tree else { continue }
                if tree == 0 ? trees[0].twinSets[top] == options[option] : place.first == top { return true }
            }
        }
        return false
    }

    /// Whether each trait that the group without a suffix requires is there or can still come.
    private mutating func canBringTraits() -> Bool {
        outlook.soleBringer = -1
        guard plainLeft > 0 else { return true }
        for term in plan.unionRequired {
            var bringers = 0
            var last = -1
            var isMet = false
            for want in 0..<plan.unsuffixedCount {
                let choice = choices[want]
                steps &+= 1
                if choice.isAssigned {
                    isMet = isMet || has(term, choice.place)
                } else if canBring(term, want) {
                    bringers += 1
                    last = want
                }
            }
            if isMet { continue }
            if bringers == 0 { return false }
            if bringers == 1 { outlook.soleBringer = last }
        }
        return true
    }

    private mutating func canBring(_ term: [TraitBit], _ want: Int) -> Bool {
        for option in choices[want].first..<choices[want].end where has(term, options[option]) {
            let place = options[option]
            for slot in 0...opened[place] where slot < places[place].count && mayTake(want, place, slot) { return true }
        }
        return false
    }
}
