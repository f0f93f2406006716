import Model
import Store

/// The loading of one image onto one device: what is under way, or what became of it.
struct Programming: Sendable, Equatable {
    enum State: String, Sendable, CaseIterable {
        /// Its signature is verified, where the image has one.
        case accepted
        /// The host brings the data to itself. Nothing was done to the device.
        case fetching
        /// The driver loads it.
        case programming
        case done
        case failed
    }

    /// Also that of its workflow.
    let id: WorkflowID
    let deployable: DeployableID
    let device: DeviceID
    let host: HostName
    let image: ImageID
    let state: State
    /// Why it failed.
    let reason: String?
    /// What the device itself said it has afterwards.
    let logic: String?
    let created: Timestamp
    let updated: Timestamp?

    static let columns: SQL = """
        g.uuid, g.deployable, g.device, g.host, g.image, g.state, g.reason, g.logic, g.created_at, g.updated_at
        """

    init(_ row: borrowing Row) throws {
        id = try row[0]
        deployable = try row[1]
        device = try row[2]
        host = try row[3]
        image = try row[4]
        state = try row.word(5)
        reason = try row[6]
        logic = try row[7]
        created = try row[8]
        updated = try row[9]
    }
}
