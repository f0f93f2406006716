import Model
import Store

/// A part of a device that can be scheduled; one resource provider stands for it.
struct Deployable: Sendable, Equatable {
    let id: DeployableID
    let number: Int
    let deviceNumber: Int
    let name: String
    let resourceProvider: ResourceProviderID
    let accelerators: Int
    let driver: String
    let bitstream: String?
    let device: DeviceID
    let resourceClass: String
    let status: Device.Status
    let created: Timestamp
    let updated: Timestamp?

    /// For `FROM deployables p JOIN devices d ON d.uuid = p.device`.
    static let columns: SQL = """
        p.uuid, p.number, d.number, p.name, p.resource_provider, p.accelerators, p.driver, p.bitstream, p.created_at,
        p.updated_at, d.uuid, p.resource_class, p.status
        """

    init(_ row: borrowing Row) throws {
        id = try row[0]
        number = try row[1]
        deviceNumber = try row[2]
        name = try row[3]
        resourceProvider = try row[4]
        accelerators = try row[5]
        driver = try row[6]
        bitstream = try row[7]
        created = try row[8]
        updated = try row[9]
        device = try row[10]
        resourceClass = try row[11]
        status = try row.word(12)
    }
}
