import Link
import Model
import Store

/// The services that share the connection to agents.
struct PartyTable: Sendable {
    private let parties: [Party: any FleetParty]

    init(_ parties: [any FleetParty]) {
        self.parties = Dictionary(parties.map { ($0.party, $0) }) { first, _ in first }
    }

    /// What each wants of `host` beside work.
    func sections(of host: HostName, in transaction: any Transaction) throws -> [Party: JSONValue] {
        try parties.compactMapValues { try $0.section(of: host, in: transaction) }
    }

    /// Tells the item's party. Throws 503 where a later release made it: a replica of that one takes the outcome.
    func finished(
        _ item: WorkItem, on host: HostName, _ outcome: WorkOutcome, in transaction: any Transaction
    ) throws {
        do {
            guard let party = parties[item.party] else { throw UnknownWork.party(of: item) }
            guard party.kinds.contains(item.kind) else { throw UnknownWork.kind(of: item) }
            try party.finished(item, on: host, outcome, in: transaction)
        } catch let unknown as UnknownWork {
            throw Fault.unavailable(
                "This replica is of a release that does not know \(unknown.title); another one takes the outcome.")
        }
    }

    /// The party that takes what hosts say of their devices. Throws 404 where no service does.
    func deviceRecords() throws(Fault) -> any DeviceRecords {
        guard let records = parties[.devices] as? any DeviceRecords else {
            throw .notFound("This control plane takes no reports of devices.")
        }
        return records
    }

    /// Hands a report to its party. Throws 404 where this release knows no such party.
    func receive(
        _ report: PartyReport, of party: Party, from host: HostName, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        guard let receiver = parties[party] else {
            throw Fault.notFound("This control plane knows no party '\(party.text.prefix(40))' of agents.")
        }
        try receiver.receive(report, from: host, at: now, in: transaction)
    }

    func heard(
        _ heartbeat: Heartbeat, from host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        for party in parties.values { try party.heard(heartbeat, from: host, at: now, in: transaction) }
    }

    /// What the item needs besides its envelope.
    func data(of item: WorkItem) async throws -> ItemData? { try await parties[item.party]?.data(of: item) }

    func changed(
        _ host: HostName, to state: HostLiveness.State, at now: Timestamp, in transaction: any Transaction
    ) throws {
        for party in parties.values { try party.changed(host, to: state, at: now, in: transaction) }
    }
}
