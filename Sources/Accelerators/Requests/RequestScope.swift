import Model
import Store

/// Which accelerator requests a caller may touch; the tenant filter of every query.
enum RequestScope: Sendable, Equatable {
    case everything
    case project(ProjectID)
    case nothing

    /// Administrators see every project, and so do services that show a service token; others see their own. The role alone is no
    /// proof of being the compute service: whoever has it in any project would have power over all of them.
    init(_ caller: Caller) {
        if caller.has(role: "admin") || (caller.has(role: "service") && caller.comesThroughService) {
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
