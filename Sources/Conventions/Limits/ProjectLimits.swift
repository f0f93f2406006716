public import Model

/// Says how much of a service's resources a project may have: by unified limits of Keystone, embedded or remote, or without limits.
public protocol ProjectLimits: Sendable {
    /// One entry for each limited resource; an unlimited one is left out.
    /// Throws 503 if the limits cannot be read: an unknown limit admits nothing.
    func limits(of project: ProjectID, on resources: [String]) async throws(Fault) -> [ResourceLimit]
}

/// No limits.
public struct Unlimited: ProjectLimits {
    public init() {}

    public func limits(of project: ProjectID, on resources: [String]) async throws(Fault) -> [ResourceLimit] { [] }
}
