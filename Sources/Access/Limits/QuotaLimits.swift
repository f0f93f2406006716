public import Model

/// How much of a service's resources a project may use: Identity's unified limits, embedded or of a Keystone.
public protocol QuotaLimits: Sendable {
    /// The project's limit for `resource`, else the registered default; −1 is unlimited, nil where none is registered.
    /// Throws 503 when nobody can say.
    func limit(for resource: String, project: ProjectID) async throws(Fault) -> Int?

    /// The projects that share the limit of their root, where the model is `strict_two_level`; nil where each limit stands
    /// alone (`flat`).
    func tree(of project: ProjectID) async throws(Fault) -> ProjectTree?

    /// What all projects of the tree may use together: the root's own limit, else the registered default.
    func limit(for resource: String, rootOf tree: ProjectTree) async throws(Fault) -> Int?
}

extension QuotaLimits {
    public func tree(of project: ProjectID) async throws(Fault) -> ProjectTree? { nil }

    public func limit(for resource: String, rootOf tree: ProjectTree) async throws(Fault) -> Int? {
        try await limit(for: resource, project: tree.root)
    }
}

/// The projects that share a limit: a domain's, or a project's and its children.
public struct ProjectTree: Sendable, Equatable {
    /// The domain, under its id, or the project on top.
    public let root: ProjectID
    /// Whether the root is a domain.
    public let isDomain: Bool
    /// The root and its children.
    public let members: Set<ProjectID>

    public init(root: ProjectID, isDomain: Bool = false, members: Set<ProjectID>) {
        self.root = root
        self.isDomain = isDomain
        self.members = members
    }
}
