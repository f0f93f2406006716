/// How many workflows of a service one process works on at the same time.
///
/// Each service has slots of its own: those of a service whose steps are slow never hold up another's.
public struct WorkflowSlots: Sendable, Hashable {
    let name: String
    let count: Int

    /// - Parameter name: unique in the program
    public init(_ name: String, count: Int) {
        self.name = name
        self.count = count
    }
}
