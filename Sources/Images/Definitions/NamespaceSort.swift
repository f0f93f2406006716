import Model
import Store

/// The order of a list of namespaces, which ends with the name.
struct NamespaceSort: Sendable {
    private enum Key: String, CaseIterable {
        case created = "created_at"
        case updated = "updated_at"
        case namespace
    }

    private let key: Key
    private let isAscending: Bool

    /// Throws 400 for an unknown key or direction.
    init(key: String?, direction: String?) throws(Fault) {
        guard let known = Key(rawValue: key ?? Key.created.rawValue) else {
            throw .badRequest(
                "Invalid sort key; it must be one of \(Key.allCases.map(\.rawValue).joined(separator: ", ")).",
                field: "sort_key")
        }
        self.key = known
        switch direction ?? "desc" {
        case "asc": isAscending = true
        case "desc": isAscending = false
        default: throw .badRequest("Invalid sort direction; it must be asc or desc.", field: "sort_dir")
        }
    }

    private var column: SQL {
        switch key {
        case .created: "n.created_at"
        case .updated: "n.updated_at"
        case .namespace: "n.name"
        }
    }

    /// ` ORDER BY …`
    var order: SQL {
        let direction: SQL = isAscending ? " ASC" : " DESC"
        return " ORDER BY " + column + direction + ", n.name" + direction
    }

    /// That a namespace `n` stands behind `marker`.
    func after(_ marker: DefinitionNamespace) -> SQL {
        let beyond: SQL = isAscending ? " > " : " < "
        let value: SQL =
            switch key {
            case .created: "\(marker.created)"
            case .updated: "\(marker.updated)"
            case .namespace: "\(marker.name)"
            }
        let last: SQL = "\(marker.name)"
        return "(" + column + ", n.name)" + beyond + "(" + value + ", " + last + ")"
    }
}
