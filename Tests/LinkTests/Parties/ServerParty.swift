import Fleet
import Link
import Model
import Store
import Synchronization

/// A second service beside that of devices, as one for servers will be.
final class ServerParty: FleetParty {
    let party: Party = "servers"
    let kinds: Set<String> = ["boot"]
    let outcomes = Mutex<[WorkItemID: WorkOutcome]>([:])
    let reports = Mutex<[PartyReport]>([])
    let beats = Mutex<[JSONValue?]>([])
    let states = Mutex<[HostLiveness.State]>([])

    static func boot(_ kind: String = "boot", subject: String = "s1") -> WorkItem {
        WorkItem(
            id: IDSource.random.next(), party: "servers", kind: kind, subject: subject,
            body: .object([.init("memory", .integer(512))]), deadline: nil)
    }

    func section(of host: HostName, in transaction: any Transaction) throws -> JSONValue? {
        .object([.init("host", .text(host.text))])
    }

    func finished(_ item: WorkItem, on host: HostName, _ outcome: WorkOutcome, in transaction: any Transaction) throws {
        outcomes.withLock { $0[item.id] = outcome }
    }

    func receive(
        _ report: PartyReport, from host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        try reports.withLock { reports in
            if let last = reports.last, report.generation <= last.generation {
                guard report.generation == last.generation else { throw Fault.conflict("It is older.") }
                return
            }
            reports.append(report)
        }
    }

    func heard(
        _ heartbeat: Heartbeat, from host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        beats.withLock { $0.append(heartbeat.sections[party]) }
    }

    func changed(
        _ host: HostName, to state: HostLiveness.State, at now: Timestamp, in transaction: any Transaction
    ) throws {
        states.withLock { $0.append(state) }
    }
}
