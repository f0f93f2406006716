import Model
import Store

/// What a device is doing, summed up from its attach handles.
enum DeviceState: String, Sendable, CaseIterable {
    case available
    /// Something of it is in a tenant's hands.
    case allocated
    /// Its host is removing what a tenant left.
    case cleaning
    /// Something of it is quarantined.
    case error
    /// It vanished while a tenant holds it.
    case missing

    /// Of each device; one query, whatever their number.
    static func of(_ devices: [Device], in transaction: any Transaction) throws -> [DeviceID: DeviceState] {
        var states = Dictionary(devices.map { ($0.id, $0.presence == .missing ? Self.missing : .available) }) { $1 }
        guard !devices.isEmpty else { return states }
        try transaction.forEach(
            """
            SELECT p.device, h.state FROM attach_handles h JOIN deployables p ON p.uuid = h.deployable
            WHERE p.device IN \(list: devices.map(\.id)) AND h.state <> 'available' GROUP BY p.device, h.state
            """
        ) { row in
            let device: DeviceID = try row[0]
            let state: String = try row[1]
            let found: DeviceState =
                switch HandleLifecycle.State(rawValue: state) {
                case .error, nil: .error
                case .withdrawing, .cleaning: .cleaning
                case .preparing, .held: .allocated
                case .available: .available
                }
            if let known = states[device], found.rank > known.rank { states[device] = found }
        }
        return states
    }

    /// The gravest says what the device is.
    private var rank: Int {
        switch self {
        case .available: 0
        case .allocated: 1
        case .cleaning: 2
        case .error: 3
        case .missing: 4
        }
    }
}
