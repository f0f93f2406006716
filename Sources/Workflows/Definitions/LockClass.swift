/// Workflows that exclude one another: of all kinds with the same lock class, at most one is open about a subject.
public struct LockClass: Sendable, Hashable {
    let name: String

    /// - Parameter name: stands in journals, so it never changes
    public init(_ name: String) {
        self.name = name
    }
}
