import API
import Model

/// Who makes a change: a caller, or the service itself going on with what a caller began.
struct Actor: Sendable, Equatable {
    let user: UserID?
    let project: ProjectID?
    /// The service that forwards the user's request.
    let service: UserID?
    let request: RequestID?

    /// The control plane, its workflows and its agents.
    static let system = Actor(user: nil, project: nil, service: nil, request: nil)

    init(_ call: Call) {
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
