import Model
import Search

/// A search's answer in the reference's terms.
struct Answers {
    var list: [ReferenceSearch.Candidate] = []
    let set: CandidateSet

    init(_ request: CandidateRequest, _ index: PlacementIndex) {
        set = CandidateSearch(request).run(in: index)
        for row in 0..<set.count {
            var candidate = ReferenceSearch.Candidate(allocations: [:], mappings: [:])
            for (provider, resources) in set.allocations(of: row, in: index) {
                candidate.allocations[index.id(provider)] = Dictionary(
                    uniqueKeysWithValues: resources.map { ($0.resourceClass, $0.amount) })
            }
            for (suffix, providers) in set.mappings(of: row) {
                candidate.mappings[suffix] = Set(providers.map { index.id($0) })
            }
            list.append(candidate)
        }
    }
}

extension CandidateRequest {
    /// Groups with a suffix that ask for the same and stand in the same subtree rules.
    func equalGroups(in world: World) -> [[String]] {
        let traits = Set(world.trees.joined().flatMap(\.traits))
        let aggregates = Set(world.trees.joined().flatMap(\.aggregates))
        var kinds: [(RequestGroup, [Bool], [String])] = []
        for group in groups where !group.suffix.isEmpty {
            let rules = sameSubtrees.map { $0.contains(group.suffix) }
            var bare = group
            bare.suffix = ""
            // What nobody has makes no difference.
            bare.forbidden.formIntersection(traits)
            bare.required = bare.required.map { $0.intersection(traits) }
            bare.notMemberOf.formIntersection(aggregates)
            bare.memberOf = bare.memberOf.map { $0.intersection(aggregates) }
            bare.inTree = bare.inTree.flatMap { id in world.trees.first { $0.contains { $0.id == id } }?[0].id }
            if let known = kinds.firstIndex(where: { $0.0 == bare && $0.1 == rules }) {
                kinds[known].2.append(group.suffix)
            } else {
                kinds.append((bare, rules, [group.suffix]))
            }
        }
        return kinds.map(\.2)
    }

    /// The candidate with equal groups put in a fixed order, so that those that differ only in that become equal.
    func canonical(_ candidate: ReferenceSearch.Candidate, _ world: World) -> ReferenceSearch.Candidate {
        var candidate = candidate
        for suffixes in equalGroups(in: world) {
            let providers = suffixes.compactMap { candidate.mappings[$0]?.first }.sorted()
            for (suffix, provider) in zip(suffixes.sorted(), providers) { candidate.mappings[suffix] = [provider] }
        }
        return candidate
    }
}
