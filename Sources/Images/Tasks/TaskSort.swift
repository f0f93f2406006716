import Model
import Store

/// The order of a list of tasks, which ends with the id so that no two are equal.
struct TaskSort: Sendable {
    private enum Key: String, CaseIterable {
        case id, type, status
        case created = "created_at"
        case updated = "updated_at"
        case expires = "expires_at"
    }

    static let keys = "One of \(Key.allCases.map(\.rawValue).joined(separator: ", "))"

    private let key: Key
    private let isAscending: Bool

    /// The newest first, where nothing is said. Throws 400 for an unknown key or direction.
    init(key: String?, direction: String?) throws(Fault) {
        guard let known = Key(rawValue: key ?? Key.created.rawValue) else {
            let all = Key.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest(
                "Invalid sort key: \((key ?? "").shown). It must be one of the following: \(all).", field: "sort_key")
        }
        self.key = known
        switch direction ?? "desc" {
        case "asc": isAscending = true
        case "desc": isAscending = false
        default: throw .badRequest("Invalid sort direction: \((direction ?? "").shown)", field: "sort_dir")
        }
    }

    /// Never null: the engines put nulls at different ends.
    private var column: SQL {
        switch key {
        case .id: "t.id"
        case .type: "t.type"
        case .status: "t.status"
        case .created: "t.created_at"
        case .updated: "t.updated_at"
        case .expires: "COALESCE(t.expires_at, 0)"
        }
    }

    /// ` ORDER BY …`
    var order: SQL {
        let direction: SQL = isAscending ? " ASC" : " DESC"
        return " ORDER BY " + column + direction + ", t.id" + direction
    }

    /// That a task `t` stands behind `marker`.
    func after(_ marker: ImageTask) -> SQL {
        let beyond: SQL = isAscending ? " > " : " < "
        let value: SQL =
            switch key {
            case .id: "\(marker.id)"
            case .type: "\(marker.kind.rawValue)"
            case .status: "\(marker.status.rawValue)"
            case .created: "\(marker.created)"
            case .updated: "\(marker.updated)"
            case .expires: "\(marker.expires ?? Timestamp(microseconds: 0))"
            }
        let last: SQL = "\(marker.id)"
        return "(" + column + ", t.id)" + beyond + "(" + value + ", " + last + ")"
    }
}
