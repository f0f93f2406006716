/// What a service needs besides the database, and whether it can be used now.
public struct Dependency: Sendable, Equatable {
    /// As operators know it: `image store 'fast'`.
    public let name: String
    /// Why it cannot be used, a sentence without secrets and paths; nil where it can.
    public let trouble: String?
    /// Whether a replica should get no requests without it.
    public let isVital: Bool

    public init(_ name: String, trouble: String?, isVital: Bool) {
        self.name = name
        self.trouble = trouble
        self.isVital = isVital
    }
}
