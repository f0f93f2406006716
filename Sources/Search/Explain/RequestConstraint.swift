public import Model

/// One constraint of a request that could be dropped.
public enum RequestConstraint: Hashable, Sendable {
    case resource(group: String, ResourceClass)
    /// A term, by its index among the group's required terms.
    case required(group: String, Int)
    case forbidden(group: String, Trait)
    /// A set of aggregates, by its index among the group's sets.
    case memberOf(group: String, Int)
    case notMemberOf(group: String)
    case inTree(group: String)
    case rootRequired(Trait)
    case rootForbidden(Trait)
    /// That groups with a suffix are on separate providers.
    case isolation
    case sameSubtree(Int)

    var group: String? {
        switch self {
        case .resource(let group, _), .required(let group, _), .forbidden(let group, _), .memberOf(let group, _),
            .notMemberOf(let group), .inTree(let group):
            group
        default: nil
        }
    }
}

extension CandidateRequest {
    /// Every constraint that can be dropped, in the order of the request.
    public var constraints: [RequestConstraint] {
        var all: [RequestConstraint] = []
        for group in groups {
            all += group.resources.keys.sorted().map { .resource(group: group.suffix, $0) }
            all += group.required.indices.map { .required(group: group.suffix, $0) }
            all += group.forbidden.sorted().map { .forbidden(group: group.suffix, $0) }
            all += group.memberOf.indices.map { .memberOf(group: group.suffix, $0) }
            if !group.notMemberOf.isEmpty { all.append(.notMemberOf(group: group.suffix)) }
            if group.inTree != nil { all.append(.inTree(group: group.suffix)) }
        }
        all += rootRequired.sorted().map { .rootRequired($0) } + rootForbidden.sorted().map { .rootForbidden($0) }
        if policy == .isolate, groups.count(where: { !$0.suffix.isEmpty }) > 1 { all.append(.isolation) }
        all += sameSubtrees.indices.map { .sameSubtree($0) }
        return all
    }

    /// The same request without some of its constraints. If an amount is dropped, the other requirements of its group
    /// still apply to some provider; a group without requirements is removed.
    public func without(_ dropped: Set<RequestConstraint>) -> CandidateRequest {
        var request = self
        request.groups = groups.compactMap { group in
            var kept = group
            let given = group.resources.keys.filter { dropped.contains(.resource(group: group.suffix, $0)) }
            kept.required = group.required.enumerated().filter {
                !dropped.contains(.required(group: group.suffix, $0.offset))
            }.map(\.element)
            kept.forbidden = group.forbidden.filter { !dropped.contains(.forbidden(group: group.suffix, $0)) }
            kept.memberOf = group.memberOf.enumerated().filter {
                !dropped.contains(.memberOf(group: group.suffix, $0.offset))
            }.map(\.element)
            if dropped.contains(.notMemberOf(group: group.suffix)) { kept.notMemberOf = [] }
            if dropped.contains(.inTree(group: group.suffix)) { kept.inTree = nil }
            let asksMore = kept.asksBesideAmounts
            for name in given { kept.resources[name] = group.suffix.isEmpty && asksMore ? 0 : nil }
            let isEmpty =
                kept.resources.isEmpty && !asksMore && (group.suffix.isEmpty || !isTied(group.suffix, unless: dropped))
            return isEmpty ? nil : kept
        }
        request.rootRequired = rootRequired.filter { !dropped.contains(.rootRequired($0)) }
        request.rootForbidden = rootForbidden.filter { !dropped.contains(.rootForbidden($0)) }
        if dropped.contains(.isolation) { request.policy = .none }
        let left = Set(request.groups.map(\.suffix))
        request.sameSubtrees = sameSubtrees.enumerated().filter { !dropped.contains(.sameSubtree($0.offset)) }.map {
            $0.element.filter(left.contains)
        }.filter { !$0.isEmpty }
        return request
    }

    /// The smallest request that contains `constraint`, with the resources of its group.
    func only(_ constraint: RequestConstraint) -> CandidateRequest {
        var keep: Set<RequestConstraint> = [constraint]
        // Anything but an amount is judged on the resources it applies to.
        if case .resource = constraint { return without(Set(constraints).subtracting(keep)) }
        for other in constraints {
            guard case .resource(let group, _) = other else { continue }
            if constraint.group == nil || constraint.group == group { keep.insert(other) }
        }
        return without(Set(constraints).subtracting(keep))
    }

    private func isTied(_ suffix: String, unless dropped: Set<RequestConstraint>) -> Bool {
        sameSubtrees.indices.contains { !dropped.contains(.sameSubtree($0)) && sameSubtrees[$0].contains(suffix) }
    }
}

extension RequestGroup {
    fileprivate var asksBesideAmounts: Bool {
        !(required.isEmpty && forbidden.isEmpty && memberOf.isEmpty && notMemberOf.isEmpty && inTree == nil)
    }
}
