import API
import Model

/// A deployable on the wire.
struct DeployableView: Codable, Sendable {
    let uuid: String
    @OrNull var parentID: Int?
    @OrNull var rootID: Int?
    let name: String
    let accelerators: Int
    let deviceID: Int
    /// JSON text: a list of objects of one pair each.
    let attributes: String
    let resourceProvider: String
    let driver: String
    @OrNull var bitstream: String?
    /// From 2.4, as the next ones.
    let status: String?
    let device: String?
    let resourceClass: String?
    let links: [Link]
    let createdAt: String
    @OrNull var updatedAt: String?

    enum CodingKeys: String, CodingKey {
        case uuid, name, links, status
        case device = "device_uuid"
        case resourceClass = "resource_class"
        case parentID = "parent_id"
        case rootID = "root_id"
        case accelerators = "num_accelerators"
        case deviceID = "device_id"
        case attributes = "attributes_list"
        case resourceProvider = "rp_uuid"
        case driver = "driver_name"
        case bitstream = "bitstream_id"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    init(_ deployable: Deployable, attributes: [AttributeReport], _ call: Call) {
        uuid = "\(deployable.id)"
        parentID = nil
        rootID = nil
        name = deployable.name
        accelerators = deployable.accelerators
        deviceID = deployable.deviceNumber
        let pairs = attributes.map { "{\(JSONText.quoted($0.key)): \(JSONText.quoted($0.value))}" }
        self.attributes = "[\(pairs.joined(separator: ", "))]"
        resourceProvider = "\(deployable.resourceProvider)"
        driver = deployable.driver
        bitstream = deployable.bitstream
        let isNew = call.version >= Microversion(2, 4)
        status = isNew ? deployable.status.rawValue : nil
        device = isNew ? "\(deployable.device)" : nil
        resourceClass = isNew ? deployable.resourceClass : nil
        links = [
            Link(call, "deployables/\(deployable.id)"),
            Link(href: "\(call.origin)/accelerator/deployables/\(deployable.id)", rel: "bookmark"),
        ]
        createdAt = deployable.created.isoOffset
        updatedAt = deployable.updated?.isoOffset
    }
}

struct DeployableListView: Codable, Sendable {
    let deployables: [DeployableView]
    let pages: [Link]?

    enum CodingKeys: String, CodingKey {
        case deployables
        case pages = "deployables_links"
    }
}
