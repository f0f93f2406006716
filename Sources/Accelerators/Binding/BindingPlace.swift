import Model
import Store

/// The deployable from which a bind gets its handles, and why it may not.
struct BindingPlace: Sendable, Equatable {
    let deployable: DeployableID
    let device: DeviceID
    let host: HostName
    private let isDeviceDisabled: Bool
    private let isDeployableDisabled: Bool
    private let isHostDisabled: Bool
    private let hostReason: String?
    private let isProgrammed: Bool

    init(of deployable: DeployableID, in transaction: any Transaction) throws {
        let found: BindingPlace? = try transaction.first(
            """
            SELECT p.uuid, d.uuid, d.host, d.status, p.status, a.status, a.disabled_reason,
                (SELECT COUNT(*) FROM programmings g WHERE g.device = d.uuid AND g.ended_at IS NULL)
            FROM deployables p JOIN devices d ON d.uuid = p.device LEFT JOIN accelerator_hosts a ON a.host = d.host
            WHERE p.uuid = \(deployable)
            """
        ) { row in try BindingPlace(row) }
        guard let found else { throw Fault.notFound("There is no deployable \(deployable). Nothing was bound.") }
        self = found
    }

    private init(_ row: borrowing Row) throws {
        deployable = try row[0]
        device = try row[1]
        host = try row[2]
        isDeviceDisabled = try row[3] as String != Device.Status.enabled.rawValue
        isDeployableDisabled = try row[4] as String != Device.Status.enabled.rawValue
        isHostDisabled = try row[5] as String? == FleetHost.Status.disabled.rawValue
        hostReason = try row[6]
        isProgrammed = try row[7] as Int > 0
    }

    /// Throws 409 if an operator took it out of service, or has it programmed. This also covers binds that were scheduled before.
    func checkEnabled() throws(Fault) {
        if isProgrammed {
            throw .conflict("The device \(device) is being programmed; schedule again. Nothing was bound.")
        }
        if isDeviceDisabled {
            throw .conflict("The device \(device) was disabled by an operator; schedule again. Nothing was bound.")
        }
        if isDeployableDisabled {
            throw .conflict(
                "The deployable \(deployable) was disabled by an operator; schedule again. Nothing was bound.")
        }
        if isHostDisabled {
            let reason = hostReason.map { " (\($0.shown))" } ?? ""
            throw .conflict(
                "The host '\(host)' was disabled by an operator\(reason); schedule again. Nothing was bound.")
        }
    }

    /// The relation of the host in a bind to the host of the device.
    enum Agreement: Equatable {
        case same
        /// An unknown host; the compute service may name its nodes differently.
        case unknown
        /// A different, known host.
        case another
    }

    func agreement(with named: HostName, in transaction: any Transaction) throws -> Agreement {
        if Self.isSame(named.text, host.text) { return .same }
        return try FleetHost.isKnown(named, in: transaction) ? .another : .unknown
    }

    /// Whether the names are equal, or one of them has a domain that the other lacks. Case does not matter, as in DNS.
    static func isSame(_ one: String, _ other: String) -> Bool {
        let (one, other) = (one.lowercased(), other.lowercased())
        return one == other || one.hasPrefix(other + ".") || other.hasPrefix(one + ".")
    }
}
