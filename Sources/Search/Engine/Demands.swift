/// The wants of a plan as plain numbers in rows, for the walks: what they require of each provider of each tree.
final class Demands: Sendable {
    struct Rows: Sendable {
        struct Demand: Sendable {
            /// A class that the provider must have; -1 for no such class.
            let firstClass: Int
            let amounts: Range<Int>
            let terms: Range<Int>
            let forbidden: Range<Int>
            /// The subtree rules to which the want belongs, in `rulesOfWants`.
            let rules: Range<Int>
            /// Whether the tree and the aggregates of the provider do not matter.
            let isContent: Bool
        }

        struct Rule: Sendable {
            let members: Range<Int>
        }

        let demands: Table<Demand>
        let amounts: Table<Want.Amount>
        let terms: Table<Range<Int>>
        let bits: Table<TraitBit>
        let order: Table<Int>
        let rules: Table<Rule>
        let ruleMembers: Table<Int>
        let rulesOfWants: Table<Int>
        let rootRequired: Table<TraitBit>
        let rootForbidden: Table<TraitBit>

        /// Whether the provider can serve by itself, regardless of its tree and neighbours.
        func isServed(_ want: Int, by position: Int, of tree: TreeTables) -> Bool {
            let demand = demands[want]
            for index in demand.amounts {
                let amount = amounts[index]
                var isThere = false
                for stock in tree.nodes[position].stocks
                where tree.stocks[stock].resourceClass == amount.resourceClass {
                    guard tree.stocks[stock].fits(amount.amount) else { return false }
                    isThere = true
                    break
                }
                if !isThere { return false }
            }
            for index in demand.forbidden where tree.has(bits[index], position) { return false }
            for index in demand.terms where !terms[index].contains(where: { tree.has(bits[$0], position) }) {
                return false
            }
            return true
        }
    }

    let rows: Rows

    init(_ wants: [Want], order: [Int], rules: [Plan.SubtreeRule], rootRequired: [TraitBit], rootForbidden: [TraitBit])
    {
        var demands: ContiguousArray<Rows.Demand> = []
        var amounts: ContiguousArray<Want.Amount> = []
        var terms: ContiguousArray<Range<Int>> = []
        var bits: ContiguousArray<TraitBit> = []
        var members: ContiguousArray<Int> = []
        func added(_ new: [TraitBit]) -> Range<Int> {
            bits += new
            return bits.count - new.count..<bits.count
        }
        var rulesOfWants: ContiguousArray<Int> = []
        for (number, want) in wants.enumerated() {
            let firstRule = rulesOfWants.count
            rulesOfWants += rules.indices.filter { rules[$0].wants.contains(number) }
            amounts += want.amounts
            let firstTerm = terms.count
            for term in want.required { terms.append(added(term)) }
            demands.append(
                Rows.Demand(
                    firstClass: want.firstClass ?? -1, amounts: amounts.count - want.amounts.count..<amounts.count,
                    terms: firstTerm..<terms.count, forbidden: added(want.forbidden),
                    rules: firstRule..<rulesOfWants.count, isContent: want.isContent))
        }
        let ruled = rules.map { rule in
            members += rule.wants
            return Rows.Rule(members: members.count - rule.wants.count..<members.count)
        }
        rows = Rows(
            demands: Table(demands), amounts: Table(amounts), terms: Table(terms), bits: Table(bits),
            order: Table(ContiguousArray(order)), rules: Table(ContiguousArray(ruled)), ruleMembers: Table(members),
            rulesOfWants: Table(rulesOfWants),
            rootRequired: Table(ContiguousArray(rootRequired)), rootForbidden: Table(ContiguousArray(rootForbidden)))
    }

    deinit {
        rows.demands.free()
        rows.amounts.free()
        rows.terms.free()
        rows.bits.free()
        rows.order.free()
        rows.rules.free()
        rows.ruleMembers.free()
        rows.rulesOfWants.free()
        rows.rootRequired.free()
        rows.rootForbidden.free()
    }
}
