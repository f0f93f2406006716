import Model

/// A request compiled against one state of the index.
struct Plan: Sendable {
    /// Those without a suffix first, equal ones side by side.
    let wants: [Want]
    /// The wants, those first that most trees cannot serve.
    let searchOrder: [Int]
    let unsuffixedCount: Int
    /// Terms that the providers of the group without a suffix must satisfy together.
    let unionRequired: [[TraitBit]]
    let isIsolated: Bool
    let isNested: Bool
    let folding: Folding
    let sameSubtrees: [SubtreeRule]
    let rootRequired: [TraitBit]
    let rootForbidden: [TraitBit]
    /// What several wants compete for; see `Contest`.
    let contests: [Contest]
    /// The same for walks.
    let demands: Demands

    struct SubtreeRule: Sendable {
        let wants: [Int]
    }

    /// Nil when no provider of the index can satisfy some part, whatever else there is.
    init?(_ request: CandidateRequest, _ index: PlacementIndex) {
        var plain: [Want] = []
        var suffixed: [(want: Want, subtrees: [Int])] = []
        var union: [[TraitBit]] = []
        for group in request.groups {
            var amounts: [Want.Amount] = []
            // A class of which nothing is asked need not be known.
            let given = group.resources.count { $0.value == 0 }
            for (name, amount) in group.resources.sorted(by: { $0.key < $1.key }) where amount > 0 {
                guard let number = index.classes.number(of: name) else { return nil }
                amounts.append(Want.Amount(resourceClass: number, amount: amount))
            }
            guard let terms = Self.terms(group.required, index), let memberOf = Self.sets(group.memberOf, index) else {
                return nil
            }
            var tree: Int?
            if let id = group.inTree {
                guard let reference = index.reference(of: id) else { return nil }
                tree = reference.slot
            }
            let forbidden = group.forbidden.sorted().compactMap { index.traits.number(of: $0) }.map { TraitBit($0) }
            let notMemberOf = group.notMemberOf.compactMap { index.aggregates.number(of: $0) }.sorted()
            func want(_ amounts: [Want.Amount], _ required: [[TraitBit]]) -> Want {
                Want(
                    suffix: group.suffix, isSuffixed: !group.suffix.isEmpty, amounts: amounts, required: required,
                    forbidden: forbidden, memberOf: memberOf, notMemberOf: notMemberOf, tree: tree, kind: 0)
            }
            if group.suffix.isEmpty {
                for amount in amounts { plain.append(want([amount], [])) }
                for _ in 0..<given { plain.append(want([], [])) }
                union = terms
            } else {
                let rules = request.sameSubtrees.indices.filter {
                    request.sameSubtrees[$0].contains(group.suffix)
                }
                suffixed.append((want(amounts, terms), rules))
            }
        }
        guard let rootRequired = Self.bits(request.rootRequired, index) else { return nil }
        self.rootRequired = rootRequired
        rootForbidden = request.rootForbidden.compactMap { index.traits.number(of: $0) }.map { TraitBit($0) }
        unsuffixedCount = plain.count
        unionRequired = union
        isIsolated = request.policy == .isolate
        isNested = request.isNested
        folding = request.folding
        let ordered = plain + Self.byKind(suffixed, firstKind: plain.count)
        wants = ordered
        searchOrder =
            ordered.indices.filter { !ordered[$0].required.isEmpty }
            + ordered.indices.filter { ordered[$0].required.isEmpty }
        // A group always lies below itself.
        sameSubtrees = request.sameSubtrees.map { suffixes in
            let suffixes = Set(suffixes)
            return ordered.indices.filter { ordered[$0].isSuffixed && suffixes.contains(ordered[$0].suffix) }
        }.filter { $0.count > 1 }.map { SubtreeRule(wants: $0) }
        contests = Contest.all(of: ordered, unsuffixedCount: plain.count, isIsolated: request.policy == .isolate)
        demands = Demands(
            ordered, order: searchOrder, rules: sameSubtrees, rootRequired: rootRequired, rootForbidden: rootForbidden)
    }

    func isSameKindAsPrevious(_ want: Int) -> Bool {
        want > unsuffixedCount && wants[want].kind == wants[want - 1].kind
    }

    /// Numbers the kinds and brings equal wants together; kinds stand in the order of their first group.
    private static func byKind(_ suffixed: [(want: Want, subtrees: [Int])], firstKind: Int) -> [Want] {
        var kinds: [[Int]] = []
        for index in suffixed.indices {
            let known = kinds.firstIndex { members in
                suffixed[members[0]].subtrees == suffixed[index].subtrees
                    && suffixed[members[0]].want.asksForTheSame(as: suffixed[index].want)
            }
            if let known { kinds[known].append(index) } else { kinds.append([index]) }
        }
        var wants: [Want] = []
        for (kind, members) in kinds.enumerated() {
            for member in members {
                var want = suffixed[member].want
                want.kind = firstKind + kind
                wants.append(want)
            }
        }
        return wants
    }

    private static func terms(_ sets: [Set<Trait>], _ index: PlacementIndex) -> [[TraitBit]]? {
        var terms: [[TraitBit]] = []
        for set in sets {
            let bits = set.sorted().compactMap { index.traits.number(of: $0) }.map { TraitBit($0) }
            if bits.isEmpty { return nil }
            terms.append(bits)
        }
        return terms
    }

    private static func bits(_ traits: Set<Trait>, _ index: PlacementIndex) -> [TraitBit]? {
        var bits: [TraitBit] = []
        for trait in traits {
            guard let number = index.traits.number(of: trait) else { return nil }
            bits.append(TraitBit(number))
        }
        return bits
    }

    private static func sets(_ sets: [Set<AggregateID>], _ index: PlacementIndex) -> [[Int]]? {
        var result: [[Int]] = []
        for set in sets {
            let numbers = set.compactMap { index.aggregates.number(of: $0) }
            if numbers.isEmpty { return nil }
            result.append(numbers.sorted())
        }
        return result
    }
}
