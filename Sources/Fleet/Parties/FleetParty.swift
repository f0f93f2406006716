public import Link
public import Model
public import Store

/// A service's share in the connection to agents: its work, its section of desired states, what it hears of hosts.
///
/// Everything is called in the transaction of what it is about.
public protocol FleetParty: Sendable {
    var party: Party { get }

    /// The kinds of work that this release asks for. Outcomes of others are left to a replica of a later release.
    var kinds: Set<String> { get }

    /// What is wanted of `host` beside work; nil for nothing.
    func section(of host: HostName, in transaction: any Transaction) throws -> JSONValue?

    /// A work item ended; called in the transaction that marks it ended, exactly once. Throws `UnknownWork` where a later
    /// release made the item.
    func finished(_ item: WorkItem, on host: HostName, _ outcome: WorkOutcome, in transaction: any Transaction) throws

    /// Takes over what the party on `host` reports. A generation that was already taken changes nothing. Throws 409 for an older
    /// one, and 404 where the party takes no reports.
    func receive(
        _ report: PartyReport, from host: HostName, at now: Timestamp, in transaction: any Transaction) throws

    /// A heartbeat of `host` was accepted; called in the transaction that records it. The party reads its section of it.
    func heard(
        _ heartbeat: Heartbeat, from host: HostName, at now: Timestamp, in transaction: any Transaction) throws

    /// What an item needs besides its envelope, such as the data of an image; nil for nothing. Called outside of a transaction.
    func data(of item: WorkItem) async throws -> ItemData?

    /// A host went up or down; called in the transaction that marks it so.
    func changed(
        _ host: HostName, to state: HostLiveness.State, at now: Timestamp, in transaction: any Transaction) throws
}

extension FleetParty {
    /// Nothing.
    public func section(of host: HostName, in transaction: any Transaction) throws -> JSONValue? { nil }

    /// Takes no reports.
    public func receive(
        _ report: PartyReport, from host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        throw Fault.notFound("The party '\(party)' takes no reports here.")
    }

    /// Nothing.
    public func heard(
        _ heartbeat: Heartbeat, from host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {}

    /// Nothing.
    public func data(of item: WorkItem) async throws -> ItemData? { nil }

    /// Nothing.
    public func changed(
        _ host: HostName, to state: HostLiveness.State, at now: Timestamp, in transaction: any Transaction
    ) throws {}
}
