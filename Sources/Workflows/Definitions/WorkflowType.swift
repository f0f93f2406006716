/// What a workflow is called, what it is started with and how long it may take: all that somebody who starts one needs.
/// Its steps are a `WorkflowDefinition`, which only engines need.
///
///     static let kind = WorkflowType<Input>("compute.resize", lock: .server, deadline: .seconds(3600))
///
/// The input stays readable: new members are optional, because journals of the last release have none.
public struct WorkflowType<Input: Codable & Sendable>: Sendable {
    /// Unique in the program: `accelerators.bind`.
    let name: String
    let lock: LockClass?
    let deadline: Duration?

    /// - Parameters:
    ///   - lock: nil where any number may be open about one subject
    ///   - deadline: counted from the start; past it, what was done is undone, unless the pivot has been passed. Nil waits without limit
    public init(_ name: String, lock: LockClass? = nil, deadline: Duration? = nil) {
        self.name = name
        self.lock = lock
        self.deadline = deadline
    }
}
