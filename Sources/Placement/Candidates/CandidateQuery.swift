import API
import Model
import Search

/// The query of `GET /allocation_candidates`, read by the rules of its version.
struct CandidateQuery: Sendable {
    private(set) var groups: [RequestGroup] = []
    private var policy: GroupPolicy?
    private(set) var limit: Int?
    private var sameSubtrees: [[String]] = []
    private var root = TraitTerms()

    /// Parameters by group, in the order in which the groups appear.
    private struct Draft {
        let suffix: String
        var resources: [ResourceClass: Int] = [:]
        var required: [String] = []
        var memberOf: [String] = []
        var inTree: ResourceProviderID?
    }

    private enum Kind: String, CaseIterable {
        case resources, required
        case memberOf = "member_of"
        case inTree = "in_tree"

        var since: APIVersion {
            switch self {
            case .resources: .candidates
            case .required: .requiredTraits
            case .memberOf: .candidatesByAggregate
            case .inTree: .candidatesOfTree
            }
        }
    }

    init(_ query: [(name: String, value: String)], _ version: Microversion) throws(Fault) {
        var drafts: [Draft] = []
        var rootRequired: [String] = []
        var bounds = QueryBounds()
        for (name, value) in query {
            try bounds.add(1 + value.utf8.count(where: { $0 == UInt8(ascii: ",") }), name)
            switch name {
            case "limit" where version >= .candidateLimit:
                guard let number = Self.count(value) else {
                    throw Self.invalid(
                        name,
                        "'\(value.prefix(80))' does not match '^[1-9][0-9]*$'; it must be a positive integer. Failed "
                            + "validating 'pattern' in schema['properties']['limit'].")
                }
                if limit == nil { limit = number }
            case "group_policy" where version >= .granularGroups:
                guard let named = GroupPolicy(rawValue: value) else {
                    throw Self.invalid(name, "'\(value.prefix(80))' is not one of ['none', 'isolate'].")
                }
                if policy == nil { policy = named }
            case "root_required" where version >= .rootTraits: rootRequired.append(value)
            case "same_subtree" where version >= .sameSubtree:
                sameSubtrees.append(try Self.suffixes(value))
                try QueryBounds.check(sameSubtrees.count, QueryBounds.rules, "same_subtree rules", name)
            default: try Self.collect(name, value, version, into: &drafts)
            }
        }
        guard rootRequired.count <= 1 else {
            throw .badRequest(
                "Query parameter 'root_required' may be specified only once.", field: "root_required",
                code: PlacementFault.Code.duplicateKey)
        }
        // `root_required` knows no `in:`, whatever the version.
        root = try TraitTerms(rootRequired, "root_required", min(version, APIVersion.consumerTypes.number))
        guard root.conflicts.isEmpty else {
            let names = root.conflicts.flatMap { $0 }.map(\.name).sorted().joined(separator: ", ")
            throw .badRequest(
                "Conflicting required and forbidden traits found in root_required: \(names)", field: "root_required",
                code: PlacementFault.Code.badValue)
        }
        try check(drafts, version)
        for draft in drafts {
            let terms = try TraitTerms(draft.required, "required\(draft.suffix)", version)
            if version >= .forbiddenTraits { try terms.refuseConflict("required\(draft.suffix)") }
            let membership = try Membership(draft.memberOf, "member_of\(draft.suffix)", version)
            groups.append(
                RequestGroup(
                    draft.suffix, draft.resources, required: terms.required, forbidden: terms.forbidden,
                    memberOf: membership.required, notMemberOf: membership.forbidden, inTree: draft.inTree))
        }
        guard policy != nil || groups.count(where: { !$0.suffix.isEmpty }) <= 1 else {
            throw .badRequest(
                "The \"group_policy\" parameter is required when specifying more than one \"resources{N}\" parameter.",
                field: "group_policy")
        }
    }

    /// The request for the search; `limit` is the service's own maximum.
    func request(_ version: Microversion, _ options: PlacementOptions) -> CandidateRequest {
        // A sample is taken of all there is.
        let bounds = [options.randomizesCandidates ? nil : limit, options.mostCandidates].compactMap { $0 }
        var request = CandidateRequest(
            groups: groups, policy: policy ?? .none, sameSubtrees: sameSubtrees,
            rootRequired: root.required.reduce([]) { $0.union($1) }, rootForbidden: root.forbidden,
            isNested: version >= .candidatesInTrees, folding: options.folding, limit: bounds.min(),
            budget: options.searchBudget)
        request.visits = options.visits
        return request
    }

    var resourceClasses: Set<ResourceClass> { Set(groups.flatMap(\.resources.keys)) }

    var traits: Set<Trait> {
        groups.reduce(root.all) { traits, group in
            group.required.reduce(traits.union(group.forbidden)) { $0.union($1) }
        }
    }

    // MARK: Reading

    private static func invalid(_ field: String, _ reason: String, code: String? = nil) -> Fault {
        .badRequest("Invalid query string parameters: \(reason)", field: field, code: code)
    }

    private static func count(_ text: String) -> Int? {
        guard let first = text.utf8.first, first != UInt8(ascii: "0"),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text) ?? Int.max
    }

    private static func suffixes(_ value: String) throws(Fault) -> [String] {
        let names = value.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.filter { !$0.isWhitespace })
        }
        guard !names.contains("") else {
            throw .badRequest(
                "Empty string (unsuffixed group) can not be specified in `same_subtree`.", field: "same_subtree",
                code: PlacementFault.Code.badValue)
        }
        var seen: [String] = []
        for name in names where !seen.contains(name) { seen.append(name) }
        return seen
    }

    private static func collect(
        _ name: String, _ value: String, _ version: Microversion, into drafts: inout [Draft]
    ) throws(Fault) {
        guard let (kind, suffix) = parts(of: name, version), version >= kind.since else {
            throw invalid(
                name,
                "Additional properties are not allowed ('\(name.prefix(80))' was unexpected): '\(name.prefix(80))' does not "
                    + "match any of the regexes: \(forms(version)), which version \(version) knows.")
        }
        var place = drafts.firstIndex { $0.suffix == suffix }
        if place == nil {
            drafts.append(Draft(suffix: suffix))
            try QueryBounds.check(drafts.count, QueryBounds.groups, "groups", name)
            place = drafts.count - 1
        }
        guard let place else { return }
        switch kind {
        case .resources: drafts[place].resources = try ResourceAmounts.parse(value, field: name)
        case .required: drafts[place].required.append(value)
        case .memberOf: drafts[place].memberOf.append(value)
        case .inTree:
            guard let id = ResourceProviderID(value.filter { !$0.isWhitespace }) else {
                throw invalid(
                    name, "Expected 'in_tree' parameter to be a format of uuid. Got: \(value.prefix(80))")
            }
            drafts[place].inTree = id
        }
    }

    /// Patterns of the parameters that a version allows with a suffix.
    private static func forms(_ version: Microversion) -> String {
        let suffix =
            version >= .namedGroups ? "([a-zA-Z0-9_-]{1,64})?" : version >= .granularGroups ? "([1-9][0-9]*)?" : ""
        return Kind.allCases.filter { version >= $0.since }.map { "'^\($0.rawValue)\(suffix)$'" }
            .joined(separator: ", ")
    }

    private static func parts(of name: String, _ version: Microversion) -> (Kind, suffix: String)? {
        for kind in Kind.allCases where name.hasPrefix(kind.rawValue) {
            let suffix = String(name.dropFirst(kind.rawValue.count))
            if isSuffix(suffix, version) { return (kind, suffix) }
        }
        return nil
    }

    /// A suffix is empty; from 1.25 also a positive number; from 1.33 also up to 64 letters, digits, `_` and `-`.
    private static func isSuffix(_ text: String, _ version: Microversion) -> Bool {
        if text.isEmpty { return true }
        if version >= .namedGroups {
            return text.utf8.count <= 64
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
        return version >= .granularGroups && count(text) != nil
    }

    // MARK: Checks

    private func check(_ drafts: [Draft], _ version: Microversion) throws(Fault) {
        guard version >= .sameSubtree else { return try checkOrphans(drafts, version) }
        let known = drafts.map(\.suffix)
        let bare = drafts.filter(\.resources.isEmpty).map(\.suffix)
        guard bare.count < drafts.count else {
            throw .badRequest(
                "There must be at least one resources or resources[$S] parameter.", field: "resources",
                code: PlacementFault.Code.missingValue)
        }
        let named = sameSubtrees.flatMap { $0 }
        let stray = bare.filter { !named.contains($0) }
        guard stray.isEmpty else {
            throw .badRequest(
                "Resourceless suffixed group request should be specified in `same_subtree` query param: bad group(s) - "
                    + "\(stray).", field: "same_subtree", code: PlacementFault.Code.badValue)
        }
        let unreal = named.filter { !known.contains($0) }
        guard unreal.isEmpty else {
            throw .badRequest(
                "Real suffixes should be specified in `same_subtree`: \(unreal) not found in \(known).",
                field: "same_subtree", code: PlacementFault.Code.badValue)
        }
    }

    private func checkOrphans(_ drafts: [Draft], _ version: Microversion) throws(Fault) {
        func names(_ prefix: String, _ members: [Draft]) -> String {
            members.map { prefix + $0.suffix }.joined(separator: ", ")
        }
        let traits = drafts.filter { $0.resources.isEmpty && !$0.required.isEmpty }
        guard traits.isEmpty else {
            throw .badRequest(
                "All traits parameters must be associated with resources.  Found the following orphaned traits keys: "
                    + names("required", traits), field: names("required", traits))
        }
        let members = drafts.filter { $0.resources.isEmpty && !$0.memberOf.isEmpty }
        guard members.isEmpty else {
            throw .badRequest(
                "All member_of parameters must be associated with resources. Found the following orphaned member_of "
                    + "keys: \(names("member_of", members))", field: names("member_of", members))
        }
        guard drafts.allSatisfy({ !$0.resources.isEmpty }) else {
            throw .badRequest("All request groups must specify resources.", field: "resources")
        }
        guard !drafts.isEmpty else {
            guard version >= .granularGroups else {
                throw Self.invalid("resources", "'resources' is a required property.")
            }
            throw .badRequest(
                "At least one request group (`resources` or `resources{$S}`) is required.",
                field: "resources")
        }
    }
}
