import API
import Conventions
import Model

/// The loading of an image on the wire, from 2.6.
struct ProgrammingView: Codable, Sendable {
    let uuid: String
    let deployable: String
    let device: String
    let hostname: String
    let image: String
    /// `accepted`, `fetching`, `programming`, `done` or `failed`.
    let status: String
    @OrNull var reason: String?
    /// The id of the logic that the device itself says it has.
    @OrNull var logic: String?
    let createdAt: String
    @OrNull var updatedAt: String?

    enum CodingKeys: String, CodingKey {
        case uuid, hostname, status, reason
        case deployable = "deployable_uuid"
        case device = "device_uuid"
        case image = "image_uuid"
        case logic = "logic_id"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    init(_ programming: Programming) {
        uuid = programming.id.description
        deployable = programming.deployable.description
        device = programming.device.description
        hostname = programming.host.text
        image = programming.image.description
        status = programming.state.rawValue
        reason = programming.reason
        logic = programming.logic
        createdAt = programming.created.isoOffset
        updatedAt = programming.updated?.isoOffset
    }
}

struct ProgrammingListView: Codable, Sendable {
    let programmings: [ProgrammingView]
}
