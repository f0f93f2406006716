public import Model

/// How much of a service's resources a project may use: Identity's unified limits, embedded or of a Keystone.
public protocol QuotaLimits: Sendable {
    /// The project's limit for `resource`, else the registered default; −1 is unlimited, nil where none is registered.
    /// Throws 503 when nobody can say.
    func limit(for resource: String, project: ProjectID) async throws(Fault) -> Int?

    /// The projects that share the limit of their root, where the model is `strict_two_level`; nil where each limit stands
    /// alone (`flat`).
    func tree(of project: ProjectID) async throws(Fault) -> ProjectTree?
}

extension QuotaLimits {
    public func tree(of project: ProjectID) async throws(Fault) -> ProjectTree? { nil }
}

/// A project below a domain and its children.
public struct ProjectTree: Sendable, Equatable {
    public let root: ProjectID
    /// The root and its children.
    public let members: Set<ProjectID>

    public init(root: ProjectID, members: Set<ProjectID>) {
        self.root = root
        self.members = members
    }
}
