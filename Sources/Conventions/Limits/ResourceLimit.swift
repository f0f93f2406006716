public import Model

/// How much of one resource a project may have. A negative limit means unlimited.
public struct ResourceLimit: Sendable, Equatable {
    public let resource: String
    public let limit: Int
    /// In the model `strict_two_level`: what the parent and all its children may have together.
    public let family: Family?
    /// False if no limit is registered for the resource; its limit is then 0.
    let isRegistered: Bool

    public struct Family: Sendable, Equatable {
        public let limit: Int
        /// Every project whose usage counts, this one included.
        public let projects: [ProjectID]

        public init(limit: Int, projects: [ProjectID]) {
            self.limit = limit
            self.projects = projects
        }
    }

    public init(_ resource: String, limit: Int, family: Family? = nil) {
        self.resource = resource
        self.limit = limit
        self.family = family
        isRegistered = true
    }

    /// A resource without a registered limit: its limit is 0, as in oslo.limit.
    init(unregistered resource: String) {
        self.resource = resource
        limit = 0
        family = nil
        isRegistered = false
    }
}
