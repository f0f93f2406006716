public import Link
public import Model

/// A part of a host's agent, which answers for one sort of thing on the host: it takes its section of the desired state,
/// does the work of its party, and reports over the link by itself.
///
/// The shell runs each party apart from the others: one that fails or hangs holds up neither another nor the heartbeat. A
/// party does not block the threads that all share.
public protocol HostParty: Sendable {
    /// Does an item and answers what became of it; nil when it was broken off.
    typealias Doing = @Sendable () async -> WorkOutcome?

    var party: Party { get }

    /// The kinds of work that it knows.
    var kinds: Set<String> { get }

    /// How the item is done. Throws what of it this release does not know.
    func doing(_ item: WorkItem) throws(UnknownWork) -> Doing

    /// Takes over what is wanted of it beside work; nil for nothing. Of several desired states that arrive while it is busy it
    /// may be told the last alone.
    func want(_ section: JSONValue?, revision: Int64) async

    /// Adds what the control plane is to know of it with each heartbeat. Only what is at hand, for the heartbeat waits.
    func sign(_ heartbeat: inout Heartbeat)

    /// The control plane accepted the heartbeat that answered the desired state with this section.
    func accepted(_ section: JSONValue?) async

    /// Works until it is cancelled. What it throws is logged, and it is run again after a pause.
    func run() async throws
}

extension HostParty {
    /// Nothing.
    public func want(_ section: JSONValue?, revision: Int64) async {}

    /// Nothing.
    public func sign(_ heartbeat: inout Heartbeat) {}

    /// Nothing.
    public func accepted(_ section: JSONValue?) async {}

    /// Returns at once: all that it does is work items.
    public func run() async throws {}

    /// What its work items with that subject stand in line for.
    public func subject(_ name: String) -> WorkLines.Subject { WorkLines.Subject(party: party, name: name) }
}
