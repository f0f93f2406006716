import API
import Conventions
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
    let links: [WebLink]
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

    init(_ deployable: borrowing Deployable, attributes: borrowing [AttributeReport], _ call: borrowing Call) {
        uuid = deployable.id.description
        parentID = nil
        rootID = nil
        name = deployable.name
        accelerators = deployable.accelerators
        deviceID = deployable.deviceNumber
        self.attributes = Self.list(attributes)
        resourceProvider = deployable.resourceProvider.description
        driver = deployable.driver
        bitstream = deployable.bitstream
        let isNew = call.version >= .operations
        status = isNew ? deployable.status.rawValue : nil
        device = isNew ? deployable.device.description : nil
        resourceClass = isNew ? deployable.resourceClass : nil
        links = [
            WebLink(call, "deployables", uuid),
            WebLink(call, "/accelerator/", "deployables", uuid, rel: "bookmark"),
        ]
        createdAt = deployable.created.isoOffset
        updatedAt = deployable.updated?.isoOffset
    }

    private static func list(_ attributes: borrowing [AttributeReport]) -> String {
        var text = "["
        for place in attributes.indices {
            text += place == 0 ? "{" : ", {"
            text += JSONEscaping.quoted(attributes[place].key)
            text += ": "
            text += JSONEscaping.quoted(attributes[place].value)
            text += "}"
        }
        return text + "]"
    }
}

struct DeployableListView: Codable, Sendable {
    let deployables: [DeployableView]
    let pages: [WebLink]?

    enum CodingKeys: String, CodingKey {
        case deployables
        case pages = "deployables_links"
    }
}
