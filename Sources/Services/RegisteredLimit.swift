/// The default limit on a resource of a service, for each project.
public struct RegisteredLimit: Sendable, Equatable {
    public let resource: String
    /// −1 means unlimited.
    public let limit: Int

    public init(_ resource: String, _ limit: Int) {
        self.resource = resource
        self.limit = limit
    }
}
