import API
import Conventions
import Model
import Store

/// An attach handle on the wire, from 2.4: for operators, who see why one is withheld. Who holds it shows to administrators and to its
/// own project.
struct AttachHandleView: Codable, Sendable {
    let uuid: String
    let type: String
    let info: [String: String]
    let state: String
    /// Why it is in `error`.
    @OrNull var reason: String?
    let deployable: String
    let device: String
    let hostname: String
    @OrNull var request: String?
    @OrNull var instance: String?
    /// False when the host no longer has it.
    let isPresent: Bool
    let links: [WebLink]
    let createdAt: String
    @OrNull var updatedAt: String?

    enum CodingKeys: String, CodingKey {
        case uuid, state, reason, hostname, links
        case type = "attach_type"
        case info = "attach_info"
        case deployable = "deployable_uuid"
        case device = "device_uuid"
        case request = "arq_uuid"
        case instance = "instance_uuid"
        case isPresent = "present"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    init(_ row: AttachHandleRow, _ call: Call) {
        let handle = row.handle
        uuid = "\(handle.id)"
        type = handle.attachment.type.rawValue
        info = handle.attachment.info
        state = handle.lifecycle.state.rawValue
        reason = handle.lifecycle.reason
        deployable = "\(handle.deployable)"
        device = "\(handle.device)"
        hostname = handle.host.text
        request = row.request?.description
        instance = row.instance?.description
        isPresent = handle.isPresent
        links = [WebLink(call, "attach_handles", "\(handle.id)")]
        createdAt = row.created.isoOffset
        updatedAt = row.updated?.isoOffset
    }
}

extension AttachHandleView: WrittenView {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uuid", uuid)
            json.member("attach_type", type)
            json.texts("attach_info", info)
            json.member("state", state)
            json.member("reason", reason)
            json.member("deployable_uuid", deployable)
            json.member("device_uuid", device)
            json.member("hostname", hostname)
            json.member("arq_uuid", request)
            json.member("instance_uuid", instance)
            json.member("present", isPresent)
            json.links("links", links)
            json.member("created_at", createdAt)
            json.member("updated_at", updatedAt)
        }
    }
}

struct AttachHandleListView: Codable, Sendable {
    let handles: [AttachHandleView]
    let pages: [WebLink]?

    enum CodingKeys: String, CodingKey {
        case handles = "attach_handles"
        case pages = "attach_handles_links"
    }
}

/// A handle with who holds it.
struct AttachHandleRow: Sendable {
    let handle: AttachHandle
    let request: AcceleratorRequestID?
    let instance: InstanceID?
    let created: Timestamp
    let updated: Timestamp?

    static let columns: SQL = "\(AttachHandle.columns), r.uuid, r.instance, h.created_at, h.updated_at"
    /// With the request that holds it, where that is one of `scope`.
    static func source(_ scope: TenantScope) -> SQL {
        let owned = scope.condition("r.project")
        return "\(AttachHandle.source) LEFT JOIN accelerator_requests r ON r.handle = h.uuid AND \(owned)"
    }

    init(_ row: borrowing Row) throws {
        handle = try AttachHandle(row)
        request = try row[16]
        instance = try row[17]
        created = try row[18]
        updated = try row[19]
    }
}

extension HandleLifecycle.State: ParameterValue {
    static var schema: Schema { .oneOfTexts(allCases.map(\.rawValue)) }
    static var form: String { "one of \(allCases.map(\.rawValue).joined(separator: ", "))" }

    init?(parameter text: String) { self.init(rawValue: text) }
}
