import Fleet
import Model
import Store

/// Everything recorded about a host, and what prevents its removal.
struct HostRemoval: Sendable, Equatable {
    let host: HostName
    let devices: Int
    let deployables: Int
    let handles: Int
    /// The providers of its deployables, which are also removed from Placement.
    let providers: [ResourceProviderID]
    /// Sentences; nothing is removed while there are any.
    private(set) var obstacles: [String] = []

    /// How many requests and consumers a refusal names at most.
    private static let named = 20

    /// Nil if the host is unknown.
    init?(_ host: HostName, in transaction: any Transaction) throws {
        guard try FleetHost.isKnown(host, in: transaction) else { return nil }
        self.host = host
        let own: SQL = "SELECT p.uuid FROM deployables p JOIN devices d ON d.uuid = p.device WHERE d.host = \(host)"
        devices = try Self.count("SELECT COUNT(*) FROM devices WHERE host = \(host)", in: transaction)
        providers = try transaction.all(
            "SELECT DISTINCT resource_provider FROM deployables WHERE uuid IN (\(own)) ORDER BY resource_provider"
        ) { row in try row[0] }
        deployables = try Self.count("SELECT COUNT(*) FROM deployables WHERE uuid IN (\(own))", in: transaction)
        handles = try Self.count(
            "SELECT COUNT(*) FROM attach_handles WHERE deployable IN (\(own))", in: transaction)
        let agent = try HostDirectory.find(host, in: transaction)
        if agent?.state == .up {
            obstacles.append("Its agent is up: stop it, and wait until the host is down.")
        }
        let holders = try transaction.all(
            """
            SELECT r.uuid FROM accelerator_requests r JOIN attach_handles h ON h.uuid = r.handle
            WHERE h.deployable IN (\(own)) ORDER BY r.uuid
            """
        ) { row in try row[0] as AcceleratorRequestID }
        if !holders.isEmpty {
            obstacles.append("Accelerator requests hold its devices: \(Self.some(holders)); unbind or delete them.")
        }
        let dirty = try transaction.all(
            """
            SELECT uuid FROM attach_handles WHERE deployable IN (\(own)) AND state IN ('withdrawing', 'cleaning', 'error')
            ORDER BY uuid
            """
        ) { row in try row[0] as AttachHandleID }
        if !dirty.isEmpty {
            obstacles.append(
                "Attach handles are not clean: \(Self.some(dirty)); have them cleaned, or vouch for them by 'release'.")
        }
    }

    /// Adds allocations in Placement as obstacles, whoever holds them.
    mutating func add(consumers: [ConsumerID]) {
        guard !consumers.isEmpty else { return }
        obstacles.append(
            "Consumers hold allocations of its resource providers: \(Self.some(consumers)); have them removed.")
    }

    /// Deletes everything recorded about the host, except its events and its sanitisation certificates.
    func apply(in transaction: any Transaction) throws {
        let own: SQL = "SELECT p.uuid FROM deployables p JOIN devices d ON d.uuid = p.device WHERE d.host = \(host)"
        let gone = try transaction.all("SELECT uuid FROM devices WHERE host = \(host)") { row in try row[0] as DeviceID
        }
        try transaction.execute("DELETE FROM attributes WHERE deployable IN (\(own))")
        try transaction.execute("DELETE FROM attach_handles WHERE deployable IN (\(own))")
        try transaction.execute("DELETE FROM deployables WHERE uuid IN (\(own))")
        try transaction.execute("DELETE FROM devices WHERE host = \(host)")
        try transaction.execute("DELETE FROM withheld_capacity WHERE host = \(host)")
        try transaction.execute("DELETE FROM host_findings WHERE host = \(host) OR source = \(host)")
        try transaction.execute("DELETE FROM accelerator_hosts WHERE host = \(host)")
        try HostDirectory.remove(host, in: transaction)
        for device in gone { try transaction.note(change: "device", key: "\(device)") }
    }

    private static func count(_ query: SQL, in transaction: any Transaction) throws -> Int {
        try transaction.first(query) { row in try row[0] } ?? 0
    }

    private static func some<Kind>(_ ids: [UniqueID<Kind>]) -> String {
        let shown = ids.prefix(named).map(\.description).joined(separator: ", ")
        return ids.count > named ? "\(shown) and \(ids.count - named) more" : shown
    }
}
