import Link
import Model
import Store

/// A host that has an agent or has reported devices.
struct FleetHost: Sendable, Equatable {
    /// What an operator wants of it.
    enum Status: String, Sendable {
        case enabled
        /// Nothing new is placed on it.
        case disabled
    }

    let name: HostName
    let status: Status
    let disabledReason: String?
    let reported: Timestamp?
    let drivers: [DriverReport]
    /// What its agent says an operator should know.
    let conditions: [HostCondition]
    let devices: Int
    /// What the connection to its agent knows; nil where there never was one.
    let agent: HostRecord?

    private static let columns: SQL = """
        a.host, a.status, a.disabled_reason, a.reported_at, a.drivers,
        (SELECT COUNT(*) FROM devices d WHERE d.host = a.host), a.conditions
        """

    /// Every host by name.
    static func all(in transaction: any Transaction) throws -> [FleetHost] {
        let agents = try HostDirectory.all(in: transaction)
        var byName = Dictionary(agents.map { ($0.name, $0) }) { first, _ in first }
        var hosts = try transaction.all("SELECT \(columns) FROM accelerator_hosts a") { row in
            try FleetHost(row, agent: byName.removeValue(forKey: row[0] as HostName))
        }
        hosts += byName.values.map { FleetHost(unreported: $0) }
        return hosts.sorted { $0.name < $1.name }
    }

    static func find(_ name: HostName, in transaction: any Transaction) throws -> FleetHost? {
        let agent = try HostDirectory.find(name, in: transaction)
        let known = try transaction.first("SELECT \(columns) FROM accelerator_hosts a WHERE a.host = \(name)") { row in
            try FleetHost(row, agent: agent)
        }
        return known ?? agent.map { FleetHost(unreported: $0) }
    }

    private init(_ row: borrowing Row, agent: HostRecord?) throws {
        name = try row[0]
        status = Status(rawValue: try row[1] as String) ?? .disabled
        disabledReason = try row[2]
        let taken: Timestamp = try row[3]
        reported = agent?.reportedAt ?? taken
        drivers = try JSONText.decode([DriverReport].self, from: try row[4])
        devices = try row[5]
        conditions = try JSONText.decode([HostCondition].self, from: try row[6])
        self.agent = agent
    }

    private init(unreported agent: HostRecord) {
        name = agent.name
        status = .enabled
        disabledReason = nil
        reported = agent.reportedAt
        drivers = []
        conditions = []
        devices = 0
        self.agent = agent
    }
}
