import Link
import Model
import Store

/// A deployable onto whose device an image may be loaded, and why it may not. Logic is a device's: all handles of all its deployables
/// lose what they had.
struct ProgrammingTarget: Sendable {
    let deployable: DeployableID
    let device: DeviceID
    let host: HostName
    let driver: String
    let controlPath: String
    let type: String
    let vendor: String
    let model: String
    let traits: [String]
    let bitstream: String?
    /// All of the device's, in the order its driver reported them.
    let handles: [AttachHandle]
    private let isPresent: Bool
    private let driverPrograms: Bool
    /// What is being loaded onto the device.
    private let open: WorkflowID?

    /// Nil if there is no such deployable.
    init?(of deployable: DeployableID, in transaction: any Transaction) throws {
        typealias Found = (
            device: DeviceID, host: HostName, driver: String, path: String, type: String, vendor: String, model: String,
            traits: String, bitstream: String?, isPresent: Bool, drivers: String?, open: WorkflowID?
        )
        let found: Found? = try transaction.first(
            """
            SELECT d.uuid, d.host, p.driver, d.control_path, d.type, d.vendor, d.model, p.traits, p.bitstream,
                p.is_present, d.presence, a.drivers,
                (SELECT g.uuid FROM programmings g WHERE g.device = d.uuid AND g.ended_at IS NULL LIMIT 1)
            FROM deployables p JOIN devices d ON d.uuid = p.device LEFT JOIN accelerator_hosts a ON a.host = d.host
            WHERE p.uuid = \(deployable)
            """
        ) { row -> Found in
            let isPresent: Bool = try row[9]
            let presence: String = try row[10]
            return (
                try row[0], try row[1], try row[2], try row[3], try row[4], try row[5], try row[6], try row[7],
                try row[8], isPresent && presence == DeviceLifecycle.Presence.present.rawValue, try row[11],
                try row[12]
            )
        }
        guard let found else { return nil }
        self.deployable = deployable
        device = found.device
        host = found.host
        driver = found.driver
        controlPath = found.path
        type = found.type
        vendor = found.vendor
        model = found.model
        traits = try JSONText.decode([String].self, from: found.traits)
        bitstream = found.bitstream
        isPresent = found.isPresent
        let drivers = try found.drivers.map { try JSONText.decode([DriverReport].self, from: $0) } ?? []
        driverPrograms = drivers.contains { $0.name == found.driver && $0.programs == true }
        open = found.open
        handles = try transaction.all(
            """
            SELECT \(AttachHandle.columns) FROM \(AttachHandle.source)
            WHERE d.uuid = \(found.device) ORDER BY p.number, h.position, h.uuid
            """
        ) { row in try AttachHandle(row) }
    }

    /// What the device itself says it has, as its traits name it; nil where it does not say.
    var function: LogicID? { LogicID.among(traits, prefix: "CUSTOM_FPGA_FUNCTION_ID_").first }

    /// The handle by which the host finds the device.
    var handle: AttachHandle? { handles.first { $0.deployable == deployable } ?? handles.first }

    func checkDriver() throws(Fault) {
        guard driverPrograms else {
            throw .conflict(
                "The driver '\(driver)' of deployable \(deployable) cannot program bitstreams; nothing was changed.")
        }
    }

    /// Throws 409 while the device is gone, is programmed, or somebody has it.
    func checkFree() throws(Fault) {
        guard isPresent else {
            throw .conflict("The device \(device) is missing on its host '\(host)'; nothing was changed.")
        }
        if let open {
            throw .conflict("The device \(device) is being programmed (\(open)); wait until that has ended.")
        }
        guard let handle else {
            throw .conflict("The device \(device) has no attach handle; nothing was changed.")
        }
        guard handle.isPresent else {
            throw .conflict("The attach handle \(handle.id) is missing on its host; nothing was changed.")
        }
        let taken = handles.first { $0.lifecycle.state != .available }
        guard let taken else { return }
        let state =
            switch taken.lifecycle.state {
            case .error: "in quarantine: \(taken.lifecycle.reason ?? "its host failed")"
            case .withdrawing, .cleaning: "being cleaned"
            case .available, .preparing, .held: "held"
            }
        throw .conflict(
            "The device \(device) cannot be programmed while its attach handle \(taken.id) is \(state). Nothing was changed."
        )
    }

    /// Whether the device holds the image's logic already.
    ///
    /// What the device itself says decides. One that says nothing has what was loaded last.
    func holds(_ plan: ImagePlan) -> Bool {
        if let function, let wanted = plan.image.function.flatMap({ LogicID($0) }) { return function == wanted }
        return bitstream == plan.image.id.description
    }
}
