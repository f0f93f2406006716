/// What a service needs besides the database, and whether it can be used now. Without it the process goes on serving everything else.
public struct Dependency: Sendable, Equatable {
    /// As operators know it: `image store 'fast'`.
    public let name: String
    /// Why it cannot be used, a sentence without secrets and paths; nil where it can.
    public let trouble: String?

    public init(_ name: String, trouble: String?) {
        self.name = name
        self.trouble = trouble
    }
}
