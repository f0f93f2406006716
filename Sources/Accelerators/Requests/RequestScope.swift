import Model
import Store

/// Which accelerator requests a caller may touch; the tenant filter of every query.
enum RequestScope: Sendable, Equatable {
    case everything
    case project(ProjectID)
    case nothing

    /// Administrators and services see every project; others their own.
    init(_ caller: Caller) {
        if caller.has(role: "admin") || caller.has(role: "service") {
            self = .everything
        } else if let project = caller.project {
            self = .project(project)
        } else {
            self = .nothing
        }
    }

    var condition: SQL {
        switch self {
        case .everything: "1 = 1"
        case .project(let project): "r.project = \(project)"
        case .nothing: "1 = 0"
        }
    }
}
