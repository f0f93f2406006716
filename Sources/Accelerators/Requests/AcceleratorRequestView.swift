import API
import Conventions
import Model

/// An accelerator request on the wire. The attach handle shows only once the request is bound.
struct AcceleratorRequestView: Codable, Sendable {
    let uuid: String
    let state: String
    let profileName: String
    let profileGroup: Int
    @OrNull var hostname: String?
    @OrNull var resourceProvider: String?
    @OrNull var instance: String?
    @OrNull var project: String?
    let handleType: String
    @OrNull var handle: String?
    let handleInfo: [String: String]
    /// From 2.5, where there is one: why it could not be bound, or that the compute service never heard of it.
    let reason: String?
    let links: [WebLink]
    let createdAt: String
    @OrNull var updatedAt: String?

    enum CodingKeys: String, CodingKey {
        case uuid, state, hostname, reason, links
        case profileName = "device_profile_name"
        case profileGroup = "device_profile_group_id"
        case resourceProvider = "device_rp_uuid"
        case instance = "instance_uuid"
        case project = "project_id"
        case handleType = "attach_handle_type"
        case handle = "attach_handle_uuid"
        case handleInfo = "attach_handle_info"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// - Parameter member: the function of a device group that it stands for; nil for the whole
    init(_ request: borrowing AcceleratorRequest, _ call: borrowing Call, as member: GroupMember? = nil) {
        let isBound = request.state == .bound
        let attachment = isBound ? request.attachment : nil
        uuid = (member?.id ?? request.id).description
        state = request.state.rawValue
        profileName = request.profileName
        profileGroup = request.profileGroup
        hostname = request.host?.text
        resourceProvider = request.resourceProvider?.description
        instance = request.instance?.description
        project = request.project.text
        handleType = attachment?.type.rawValue ?? ""
        handle = isBound ? request.handle?.description : nil
        handleInfo = member?.info ?? attachment?.info ?? [:]
        reason = call.version >= Accountability.version ? request.reason : nil
        links = [WebLink(call, "accelerator_requests", request.id.description)]
        createdAt = request.created.isoOffset
        updatedAt = request.updated?.isoOffset
    }
}

struct AcceleratorRequestListView: Codable, Sendable {
    let arqs: [AcceleratorRequestView]
    let pages: [WebLink]?

    enum CodingKeys: String, CodingKey {
        case arqs
        case pages = "arqs_links"
    }
}

/// What is wanted of new accelerator requests. Clients send more keys than this one; they are ignored.
struct AcceleratorRequestBody: Codable, Sendable, SchemaProviding {
    let profileName: String

    enum CodingKeys: String, CodingKey {
        case profileName = "device_profile_name"
    }

    static let schema = Schema.object(ObjectSchema([.init("device_profile_name", .string)], others: .ignored))
}
