import Model
import Search

/// The contract of allocation candidates in its own words: every combination is built and looked at. Slow and obvious.
struct ReferenceSearch {
    /// One answer: what is taken from whom, and which providers serve which group.
    struct Candidate: Hashable {
        var allocations: [ResourceProviderID: [ResourceClass: Int]]
        var mappings: [String: Set<ResourceProviderID>]
    }

    let world: World

    func candidates(_ request: CandidateRequest) -> Set<Candidate> {
        world.trees.reduce(into: []) { $0.formUnion(candidates(request, of: $1)) }
    }

    func candidates(_ request: CandidateRequest, of anchor: [ProviderDescription]) -> Set<Candidate> {
        var found: Set<Candidate> = []
        if isRootWanted(anchor, request) {
            let pool = world.pool(of: anchor)
            let served = request.groups.map { choices($0, anchor, pool) }
            for combination in product(served) {
                if let candidate = merge(combination, request) { found.insert(candidate) }
            }
        }
        return found
    }

    /// One group served: the provider of each class, or the one provider of a group without classes.
    private struct Choice {
        let group: RequestGroup
        let takes: [(provider: ProviderDescription, resourceClass: ResourceClass, amount: Int)]
        let providers: Set<ResourceProviderID>
    }

    private func isRootWanted(_ anchor: [ProviderDescription], _ request: CandidateRequest) -> Bool {
        guard let root = anchor.first(where: { $0.parent == nil }) else { return false }
        return request.rootRequired.isSubset(of: root.traits) && request.rootForbidden.isDisjoint(with: root.traits)
    }

    private func choices(
        _ group: RequestGroup, _ anchor: [ProviderDescription], _ pool: [ProviderDescription]
    ) -> [Choice] {
        if group.suffix.isEmpty { return plainChoices(group, anchor, pool) }
        return pool.filter { provider in
            if let tree = group.inTree, !world.isSameTree(provider.id, tree) { return false }
            return group.resources.allSatisfy { fits(provider, $0.key, $0.value) }
                && group.required.allSatisfy { !$0.isDisjoint(with: provider.traits) }
                && group.forbidden.isDisjoint(with: provider.traits)
                && group.memberOf.allSatisfy { !$0.isDisjoint(with: provider.aggregates) }
                && group.notMemberOf.isDisjoint(with: provider.aggregates)
        }.map { provider in
            Choice(
                group: group, takes: group.resources.map { (provider, $0.key, $0.value) }, providers: [provider.id])
        }
    }

    private func plainChoices(
        _ group: RequestGroup, _ anchor: [ProviderDescription], _ pool: [ProviderDescription]
    ) -> [Choice] {
        var pool = pool
        if let tree = group.inTree {
            guard anchor.contains(where: { $0.id == tree }) else { return [] }
            pool = anchor
        }
        let rootAggregates = anchor.first { $0.parent == nil }?.aggregates ?? []
        pool = pool.filter { provider in
            func isMember(_ aggregates: [AggregateID]) -> Bool {
                group.memberOf.allSatisfy { !$0.isDisjoint(with: aggregates) }
            }
            // A root stands for its own tree, not for what others share with it.
            let isOwn = anchor.contains { $0.id == provider.id }
            return (isMember(provider.aggregates) || (isOwn && isMember(rootAggregates)))
                && group.notMemberOf.isDisjoint(with: Set(provider.aggregates).union(rootAggregates))
        }
        let perClass = group.resources.map { (name, amount) in
            pool.filter { fits($0, name, amount) }.map { (provider: $0, resourceClass: name, amount: amount) }
        }
        return product(perClass).compactMap { takes in
            let traits = Set(takes.flatMap(\.provider.traits))
            guard group.required.allSatisfy({ !$0.isDisjoint(with: traits) }), group.forbidden.isDisjoint(with: traits)
            else { return nil }
            return Choice(group: group, takes: takes, providers: Set(takes.map(\.provider.id)))
        }
    }

    private func merge(_ choices: [Choice], _ request: CandidateRequest) -> Candidate? {
        let suffixed = choices.filter { !$0.group.suffix.isEmpty }
        if request.policy == .isolate {
            guard Set(suffixed.flatMap(\.providers)).count == suffixed.count else { return nil }
        }
        for rule in request.sameSubtrees {
            let named = suffixed.filter { rule.contains($0.group.suffix) }.flatMap(\.providers)
            guard named.contains(where: { top in named.allSatisfy { world.isAncestor(top, orSelf: $0) } }) else {
                return nil
            }
        }
        var allocations: [ResourceProviderID: [ResourceClass: Int]] = [:]
        for choice in choices {
            for take in choice.takes where take.amount > 0 {
                allocations[take.provider.id, default: [:]][take.resourceClass, default: 0] += take.amount
            }
        }
        for (id, resources) in allocations {
            for (name, sum) in resources {
                guard let stock = world.provider(id)?.stocks.first(where: { $0.resourceClass == name }),
                    stock.used + sum <= stock.inventory.capacity, sum <= stock.inventory.maxUnit
                else { return nil }
            }
        }
        if !request.isNested {
            let used = Set(choices.flatMap(\.providers))
            guard world.trees.allSatisfy({ tree in tree.count { used.contains($0.id) } <= 1 }) else { return nil }
        }
        var mappings: [String: Set<ResourceProviderID>] = [:]
        for choice in choices { mappings[choice.group.suffix] = choice.providers }
        return Candidate(allocations: allocations, mappings: mappings)
    }

    private func fits(_ provider: ProviderDescription, _ name: ResourceClass, _ amount: Int) -> Bool {
        // Given up: anybody will do.
        if amount == 0 { return true }
        guard let stock = provider.stocks.first(where: { $0.resourceClass == name }) else { return false }
        let inventory = stock.inventory
        return stock.used + amount <= inventory.capacity && amount >= inventory.minUnit && amount <= inventory.maxUnit
            && amount % inventory.stepSize == 0
    }

    private func product<Element>(_ factors: [[Element]]) -> [[Element]] {
        factors.reduce([[]]) { partial, factor in
            partial.flatMap { head in factor.map { head + [$0] } }
        }
    }
}
