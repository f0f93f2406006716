import Model
import Store

/// Whose requests and instances a caller may learn of where lists are not of requests: administrators everybody's, others their own
/// project's. Managers look after devices of the whole cloud, and are a project's people all the same.
enum OwnerScope: Sendable, Equatable {
    case everyone
    case project(ProjectID)
    case nobody

    init(_ caller: Caller) {
        if caller.has(role: "admin") {
            self = .everyone
        } else if let project = caller.project {
            self = .project(project)
        } else {
            self = .nobody
        }
    }

    /// That `column`, a project, is one of them.
    func condition(_ column: SQL) -> SQL {
        switch self {
        case .everyone: "1 = 1"
        case .project(let project): "\(column) = \(project)"
        case .nobody: "1 = 0"
        }
    }
}
