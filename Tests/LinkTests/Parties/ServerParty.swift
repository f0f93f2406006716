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

    func changed(
        _ host: HostName, to state: HostLiveness.State, at now: Timestamp, in transaction: any Transaction
    ) throws {
        states.withLock { $0.append(state) }
    }
}
