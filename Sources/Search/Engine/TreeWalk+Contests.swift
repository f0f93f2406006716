import Model

/// Matchings: whether all wants of a contest can win what they compete for.
extension TreeWalk {
    /// Grows a matching of the members that are not assigned to slots, by augmenting paths. A slot takes as many as could
    /// share it if they were the smallest ones, so that a no is certain.
    mutating func isWinnable(_ contest: Contest) -> Bool {
        let members = contest.members.filter { !choices[$0].isAssigned }
        guard !members.isEmpty else { return true }
        guard contest.isForProviders || isEnough(contest, members) else { return false }
        for slot in outlook.winners.indices {
            outlook.winners[slot] = 0
            outlook.room[slot] = -1
        }
        steps &+= outlook.winners.count / 8
        for want in members { outlook.won[want] = -1 }
        for want in members where !winsAtOnce(want, contest, members) {
            outlook.round += 1
            guard wins(want, contest, members) else { return false }
        }
        return true
    }

    private mutating func winsAtOnce(_ want: Int, _ contest: Contest, _ members: [Int]) -> Bool {
        let habit = outlook.habit[want]
        if habit >= 0, takesFree(want, habit, contest, members) { return true }
        for option in choices[want].first..<choices[want].end
        where options[option] != habit && takesFree(want, options[option], contest, members) { return true }
        return false
    }

    private mutating func takesFree(_ want: Int, _ place: Int, _ contest: Contest, _ members: [Int]) -> Bool {
        for slot in 0...opened[place] where slot < places[place].count && mayTake(want, place, slot) {
            let number = places[place].firstSlot + slot
            guard outlook.winners[number] < room(place, slot, contest, members) else { continue }
            outlook.winners[number] += 1
            outlook.won[want] = number
            outlook.habit[want] = place
            return true
        }
        return false
    }

    private mutating func wins(_ want: Int, _ contest: Contest, _ members: [Int]) -> Bool {
        for option in choices[want].first..<choices[want].end {
            let place = options[option]
            for slot in 0...opened[place] where slot < places[place].count {
                let number = places[place].firstSlot + slot
                guard outlook.visited[number] != outlook.round, mayTake(want, place, slot) else { continue }
                outlook.visited[number] = outlook.round
                let room = room(place, slot, contest, members)
                var isFree = outlook.winners[number] < room
                if isFree {
                    outlook.winners[number] += 1
                } else if room > 0 {
                    isFree = members.contains { other in
                        steps &+= 1
                        return outlook.won[other] == number && wins(other, contest, members)
                    }
                }
                if isFree {
                    outlook.won[want] = number
                    outlook.habit[want] = place
                    return true
                }
            }
        }
        return false
    }

    /// How many of the members can win a slot, at most; of the next new one, how many can win all that are new.
    private mutating func room(_ place: Int, _ slot: Int, _ contest: Contest, _ members: [Int]) -> Int {
        let number = places[place].firstSlot + slot
        if outlook.room[number] >= 0 { return outlook.room[number] }
        var room = contest.isForProviders ? 1 : members.count
        for resourceClass in contest.classes {
            var rest = free(of: resourceClass, place, slot)
            var count = 0
            for amount in members.map({ plan.wants[$0].amount(of: resourceClass) }).sorted() where amount <= rest {
                rest -= amount
                count += 1
            }
            steps &+= members.count
            room = min(room, count)
        }
        if slot == opened[place] { room *= places[place].count - slot }
        outlook.room[number] = room
        return room
    }

    /// What one more candidate's want could have there at most, besides those that are assigned.
    private func free(of resourceClass: Int, _ place: Int, _ slot: Int) -> Int {
        guard let stock = trees[places[place].tree].stock(of: position(place, slot), resourceClass) else { return 0 }
        let taken = slot < opened[place] ? taken(of: resourceClass, place, slot) : 0
        return max(0, min(stock.free, stock.inventory.maxUnit, Inventory.limit) - taken)
    }

    /// Whether all that the members take is there at all.
    private mutating func isEnough(_ contest: Contest, _ members: [Int]) -> Bool {
        let resourceClass = contest.classes[0]
        var missing = members.reduce(0) { $0 + plan.wants[$1].amount(of: resourceClass) }
        outlook.round += 1
        for want in members {
            for option in choices[want].first..<choices[want].end {
                let place = options[option]
                let first = places[place].firstSlot
                steps &+= 1
                if outlook.visited[first] == outlook.round { continue }
                outlook.visited[first] = outlook.round
                for slot in 0..<opened[place] { missing -= free(of: resourceClass, place, slot) }
                let new = places[place].count - opened[place]
                if new > 0 { missing -= new * free(of: resourceClass, place, opened[place]) }
                if missing <= 0 { return true }
            }
        }
        return missing <= 0
    }
}
