import Model
import Search

extension CandidateRequest {
    /// A constraint in the syntax of the query.
    func text(of constraint: RequestConstraint) -> String {
        switch constraint {
        case .resource(let suffix, let name):
            return "resources\(suffix)=\(name):\(group(suffix)?.resources[name] ?? 0)"
        case .required(let suffix, let place):
            return "required\(suffix)=" + Self.anyOf(group(suffix)?.required[place].map(\.name) ?? [])
        case .forbidden(let suffix, let trait): return "required\(suffix)=!\(trait)"
        case .memberOf(let suffix, let place):
            return "member_of\(suffix)=" + Self.anyOf(group(suffix)?.memberOf[place].map(\.description) ?? [])
        case .notMemberOf(let suffix):
            return "member_of\(suffix)=!" + Self.anyOf(group(suffix)?.notMemberOf.map(\.description) ?? [])
        case .inTree(let suffix): return "in_tree\(suffix)=\(group(suffix)?.inTree?.description ?? "")"
        case .rootRequired(let trait): return "root_required=\(trait)"
        case .rootForbidden(let trait): return "root_required=!\(trait)"
        case .isolation: return "group_policy=isolate"
        case .sameSubtree(let place): return "same_subtree=\(sameSubtrees[place].joined(separator: ","))"
        }
    }

    private func group(_ suffix: String) -> RequestGroup? { groups.first { $0.suffix == suffix } }

    private static func anyOf(_ names: [String]) -> String {
        names.count == 1 ? names[0] : "in:" + names.sorted().joined(separator: ",")
    }
}
