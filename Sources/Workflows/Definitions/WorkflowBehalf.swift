public import Model

/// On whose behalf a workflow runs: recorded when it is started, and never changed.
public struct WorkflowBehalf: Sendable, Equatable {
    public let user: UserID?
    public let project: ProjectID?
    /// The request that started it.
    public let request: RequestID?

    /// The program itself.
    public static let system = WorkflowBehalf(user: nil, project: nil, request: nil)

    public init(user: UserID?, project: ProjectID?, request: RequestID?) {
        self.user = user
        self.project = project
        self.request = request
    }
}
