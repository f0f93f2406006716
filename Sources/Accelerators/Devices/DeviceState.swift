import Fleet
import Model
import Store

/// The state of a device, derived from its attach handles.
enum DeviceState: String, Sendable, CaseIterable {
    case available
    /// A tenant holds a part of it.
    case allocated
    /// A tenant released a part of it, and its host has not begun to clean it: the host undoes the preparation first,
    /// or is down.
    case pendingCleaning = "pending_cleaning"
    /// Its host is removing a tenant's data.
    case cleaning
    /// A part of it is quarantined.
    case error
    /// It disappeared while a tenant holds it.
    case missing

    /// Of each device; one query, whatever their number.
    static func of(_ devices: [Device], in transaction: any Transaction) throws -> [DeviceID: DeviceState] {
        var states = Dictionary(devices.map { ($0.id, $0.presence == .missing ? Self.missing : .available) }) { $1 }
        guard !devices.isEmpty else { return states }
        try transaction.forEach(
            """
            SELECT p.device, h.state, a.state FROM attach_handles h
            JOIN deployables p ON p.uuid = h.deployable JOIN devices d ON d.uuid = p.device
            LEFT JOIN hosts a ON a.name = d.host
            WHERE p.device IN \(list: devices.map(\.id)) AND h.state <> 'available'
            GROUP BY p.device, h.state, a.state
            """
        ) { row in
            let device: DeviceID = try row[0]
            let state: String = try row[1]
            let isDown = (try row[2] as String?) == HostLiveness.State.down.rawValue
            let found: DeviceState =
                switch HandleLifecycle.State(rawValue: state) {
                case .error, nil: .error
                case .withdrawing: .pendingCleaning
                case .cleaning: isDown ? .pendingCleaning : .cleaning
                case .preparing, .held: .allocated
                case .available: .available
                }
            if let known = states[device], found.rank > known.rank { states[device] = found }
        }
        return states
    }

    /// The state with the highest rank is the device's.
    var rank: Int {
        switch self {
        case .available: 0
        case .allocated: 1
        case .pendingCleaning: 2
        case .cleaning: 3
        case .error: 4
        case .missing: 5
        }
    }
}
