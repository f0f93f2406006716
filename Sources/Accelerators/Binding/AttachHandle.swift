import Model
import Store

/// One attachable unit of a deployable, with the data that its host needs to work on it.
struct AttachHandle: Sendable, Equatable {
    let id: AttachHandleID
    let deployable: DeployableID
    let device: DeviceID
    let host: HostName
    let driver: String
    let controlPath: String
    let attachment: Attachment
    let isPresent: Bool
    let lifecycle: HandleLifecycle
    /// The host's pending or running work on it.
    let work: WorkItemID?
    let generation: Int64
    /// The project that held it last, whose data it may contain.
    let tenant: ProjectID?

    static let columns: SQL = """
        h.uuid, h.deployable, d.uuid, d.host, p.driver, d.control_path, h.type, h.info, h.is_present, h.state, h.reason,
        h.needs_preparation, h.needs_cleaning, h.work, h.generation, h.tenant
        """
    static let source: SQL = """
        attach_handles h JOIN deployables p ON p.uuid = h.deployable JOIN devices d ON d.uuid = p.device
        """

    init(_ row: borrowing Row) throws {
        id = try row[0]
        deployable = try row[1]
        device = try row[2]
        host = try row[3]
        driver = try row[4]
        controlPath = try row[5]
        attachment = try Attachment(AttachHandleType(rawValue: try row[6]), text: try row[7])
        isPresent = try row[8]
        lifecycle = HandleLifecycle(
            state: try row.word(9), reason: try row[10],
            needsPreparation: try row[11], needsCleaning: try row[12])
        work = try row[13]
        generation = try row[14]
        tenant = try row[15]
    }
}
