public import Model
public import Store

/// Whose things a caller may see and touch: the tenant filter of every query.
public enum TenantScope: Sendable, Equatable {
    case everyone
    case project(ProjectID)
    case nobody

    /// Administrators see everybody's things, others their own project's.
    public init(_ caller: Caller) {
        self.init(caller, seesEveryone: caller.has(role: "admin"))
    }

    /// The same where the service says who sees everybody's things.
    public init(_ caller: Caller, seesEveryone: Bool) {
        if seesEveryone {
            self = .everyone
        } else if let project = caller.project {
            self = .project(project)
        } else {
            self = .nobody
        }
    }

    /// That `column`, a project, is one of them.
    public func condition(_ column: SQL) -> SQL {
        switch self {
        case .everyone: "1 = 1"
        case .project(let project): "\(column) = \(project)"
        case .nobody: "1 = 0"
        }
    }
}
