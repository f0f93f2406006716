import Fleet
import Model
import Store

/// A host that has an agent or has reported devices.
struct FleetHost: Sendable, Equatable {
    /// The state that an operator set.
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
    /// The conditions that its agent reports, followed by the service's own findings.
    private(set) var conditions: [Condition]
    let devices: Int
    /// The state of the connection to its agent; nil if there never was one.
    let agent: HostRecord?

    /// Includes kinds that this release does not know.
    struct Condition: Sendable, Equatable, Decodable {
        let kind: String
        let subject: String
        let reason: String
    }

    /// Hints for an operator who expects devices and finds none, from 2.5.
    var hints: [Condition] {
        guard reported != nil, devices == 0 else { return [] }
        let failing = drivers.filter { $0.failure != nil }.map(\.name)
        let reason =
            drivers.isEmpty
            ? "The host has no driver enabled, so it offers nothing: name drivers in agent.enabled_drivers of its configuration."
            : failing.isEmpty
                ? "No driver of the host (\(drivers.map(\.name).joined(separator: ", "))) offers a device: name devices in the "
                    + "driver's device_spec; 'kilonova host match' on the host says of each why it is not offered."
                : "The host offers no device, and drivers fail: \(failing.joined(separator: ", "))."
        return [Condition(kind: "devices", subject: name.text, reason: reason)]
    }

    private static let columns: SQL = """
        a.host, a.status, a.disabled_reason, a.reported_at, a.drivers,
        (SELECT COUNT(*) FROM devices d WHERE d.host = a.host), a.conditions
        """

    /// Hosts in the database's order after `marker`, at most `limit`; nil means unlimited.
    static func all(
        after marker: HostName? = nil, limit: Int? = nil, in transaction: any Transaction
    ) throws -> [FleetHost] {
        let most: SQL = limit.map { " LIMIT \($0)" } ?? ""
        func names(_ column: SQL, _ table: SQL) -> SQL {
            let behind: SQL = marker.map { "WHERE \(column) > \($0)" } ?? ""
            return "SELECT name FROM (SELECT \(column) AS name FROM \(table) \(behind) ORDER BY \(column)\(most)) n"
        }
        let known = names("host", "accelerator_hosts")
        let met = names("name", "hosts")
        let page = try transaction.all(
            "SELECT name FROM (\(known) UNION \(met)) u ORDER BY name\(most)"
        ) { row in try row[0] as HostName }
        return try find(page, in: transaction)
    }

    /// The known hosts among `names`, in their order.
    private static func find(_ names: [HostName], in transaction: any Transaction) throws -> [FleetHost] {
        var found: [HostName: FleetHost] = [:]
        // Databases bound how many values a statement has.
        for start in stride(from: 0, to: names.count, by: 1000) {
            let part = Array(names[start..<min(start + 1000, names.count)])
            let agents = try HostDirectory.find(part, in: transaction)
            for agent in agents { found[agent.name] = FleetHost(unreported: agent) }
            try transaction.forEach("SELECT \(columns) FROM accelerator_hosts a WHERE a.host IN \(list: part)") { row in
                let name: HostName = try row[0]
                found[name] = try FleetHost(row, agent: found[name]?.agent)
            }
            for (name, findings) in try HostFinding.of(part, in: transaction) { found[name]?.add(findings) }
        }
        return names.compactMap { found[$0] }
    }

    static func isKnown(_ name: HostName, in transaction: any Transaction) throws -> Bool {
        try transaction.exists(
            """
            SELECT 1 FROM accelerator_hosts WHERE host = \(name) UNION SELECT 1 FROM hosts WHERE name = \(name)
            """)
    }

    static func find(_ name: HostName, in transaction: any Transaction) throws -> FleetHost? {
        try find([name], in: transaction).first
    }

    private mutating func add(_ findings: [HostFinding]) {
        conditions += findings.map { Condition(kind: $0.kind.word, subject: $0.subject, reason: $0.reason) }
    }

    private init(_ row: borrowing Row, agent: HostRecord?) throws {
        name = try row[0]
        status = try row.word(1)
        disabledReason = try row[2]
        let taken: Timestamp = try row[3]
        reported = agent?.reportedAt ?? taken
        drivers = try JSONText.decode([DriverReport].self, from: try row[4])
        devices = try row[5]
        conditions = try JSONText.decode([Condition].self, from: try row[6])
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
