public import Model

/// How much of a service's resources a project may use: Identity's unified limits, embedded or of a Keystone.
public protocol QuotaLimits: Sendable {
    /// The project's limit for `resource`, otherwise the registered default. −1 means unlimited; nil means that no
    /// limit is registered. Throws 503 if the limits cannot be read.
    func limit(for resource: String, project: ProjectID) async throws(Fault) -> Int?

    /// The projects that share the limit of their root in the model `strict_two_level`; nil in the model `flat`, where
    /// each limit applies by itself.
    func tree(of project: ProjectID) async throws(Fault) -> ProjectTree?

    /// The limit for all projects of the tree together: the root's own limit, otherwise the registered default.
    func limit(for resource: String, rootOf tree: ProjectTree) async throws(Fault) -> Int?
}

extension QuotaLimits {
    public func tree(of project: ProjectID) async throws(Fault) -> ProjectTree? { nil }

    public func limit(for resource: String, rootOf tree: ProjectTree) async throws(Fault) -> Int? {
        try await limit(for: resource, project: tree.root)
    }
}

/// Projects that share a limit: those of a domain, or a project and its children.
public struct ProjectTree: Sendable, Equatable {
    /// The domain, under its id, or the topmost project.
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
