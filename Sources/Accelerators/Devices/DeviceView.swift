import API
import Conventions
import Model

/// A device on the wire.
struct DeviceView: Codable, Sendable {
    let uuid: String
    let type: String
    let vendor: String
    let model: String
    @OrNull var standardBoardInfo: String?
    @OrNull var vendorBoardInfo: String?
    let hostname: String
    /// From 2.3.
    let status: String?
    /// From 2.4, as the next ones.
    let state: String?
    let driver: String?
    let facts: [String: String]?
    /// Only where one device is shown.
    let deployables: [DeployableView]?
    let links: [WebLink]
    let createdAt: String
    @OrNull var updatedAt: String?

    enum CodingKeys: String, CodingKey {
        case uuid, type, vendor, model, hostname, status, state, driver, facts, deployables, links
        case standardBoardInfo = "std_board_info"
        case vendorBoardInfo = "vendor_board_info"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    init(
        _ device: borrowing Device, state: DeviceState? = nil, deployables: [DeployableView]? = nil,
        _ call: borrowing Call
    ) throws(Fault) {
        uuid = device.id.description
        type = device.type
        vendor = device.vendor
        model = device.model
        standardBoardInfo = device.standardBoardInfo
        vendorBoardInfo = device.vendorBoardInfo
        hostname = device.host.text
        status = call.version >= .deviceStatus ? device.status.rawValue : nil
        let isNew = call.version >= .operations
        self.state = isNew ? state?.rawValue : nil
        driver = isNew ? device.driver : nil
        facts = isNew ? try device.facts() : nil
        self.deployables = isNew ? deployables : nil
        links = [WebLink(call, "devices", uuid)]
        createdAt = device.created.isoOffset
        updatedAt = device.updated?.isoOffset
    }
}

struct DeviceListView: Codable, Sendable {
    let devices: [DeviceView]
    let pages: [WebLink]?

    enum CodingKeys: String, CodingKey {
        case devices
        case pages = "devices_links"
    }
}
