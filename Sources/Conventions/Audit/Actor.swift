public import API
public import Model

/// Who makes a change: a caller, or the service itself going on with what a caller began.
public struct Actor: Sendable, Equatable {
    public let user: UserID?
    public let project: ProjectID?
    /// The service that forwards the user's request.
    public let service: UserID?
    public let request: RequestID?

    /// The control plane, its workflows and its agents.
    public static let system = Actor(user: nil, project: nil, service: nil, request: nil)

    public init(_ call: Call) {
        self.init(
            user: call.caller.user, project: call.caller.project, service: call.caller.service?.user,
            request: call.requestID)
    }

    private init(user: UserID?, project: ProjectID?, service: UserID?, request: RequestID?) {
        self.user = user
        self.project = project
        self.service = service
        self.request = request
    }
}
