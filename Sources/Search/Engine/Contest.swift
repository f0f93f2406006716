/// Wants that compete for the same providers. Whether all of them can win is a matching problem, which is solved
/// without trying their orders.
struct Contest: Sendable {
    let members: [Int]
    /// Classes that every member takes; empty if each member needs a provider of its own.
    let classes: [Int]

    var isForProviders: Bool { classes.isEmpty }

    /// One contest for the wants that must be on separate providers, and one for each class that several wants take.
    static func all(of wants: [Want], unsuffixedCount: Int, isIsolated: Bool) -> [Contest] {
        var contests: [Contest] = []
        if isIsolated, wants.count - unsuffixedCount > 1 {
            contests.append(Contest(members: Array(unsuffixedCount..<wants.count), classes: []))
        }
        var takers: [Int: [Int]] = [:]
        for (number, want) in wants.enumerated() {
            for amount in want.amounts { takers[amount.resourceClass, default: []].append(number) }
        }
        for (resourceClass, members) in takers.sorted(by: { $0.key < $1.key }) where members.count > 1 {
            // Isolated ones never meet one another; the class matters where the group without a suffix takes it, too.
            if isIsolated, members[0] >= unsuffixedCount { continue }
            let others = wants[members[0]].amounts.map(\.resourceClass).filter { other in
                other != resourceClass && members.allSatisfy { wants[$0].amount(of: other) > 0 }
            }
            contests.append(Contest(members: members, classes: [resourceClass] + others))
        }
        return contests
    }
}
